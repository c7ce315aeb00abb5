// The way through a course's modules while one reads: before, after, and what is to be done here.

import { del, get, post, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { busy } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { itemPath } from "./items.js";

/**
 * The bar below what is read: `sequenceBar(course, { type: "Page", id: url })`. Empty where no module leads here. What only
 * asks to be looked at counts as soon as it is shown to a student. `course` is what `startCourse` gave.
 */
export function sequenceBar(course, { type, id, item = Number(new URLSearchParams(location.search).get("module_item")) || null }) {
    const bar = h("nav.sequence", { "aria-label": t("sequence.title"), hidden: true });
    read().catch(() => {});
    return bar;

    async function read() {
        const { items, modules } = await get(course.api("/module_item_sequence"), { query: { asset_type: type, asset_id: id } });
        const found = items.find((one) => one.current.id === item) ?? items[0];
        if (!found) return;
        await Promise.all(["prev", "next"].map((side) => pastHeadings(found, side)));
        const student = !course.staff && (course.course.enrollments ?? []).some((enrollment) => enrollment.type === "student");
        draw(found, modules.find((module) => module.id === found.current.module_id), student);
        const wish = found.current.completion_requirement;
        if (student && wish?.type === "must_view" && !wish.completed) {
            await post(course.api(`/modules/${found.current.module_id}/items/${found.current.id}/mark_read`), {});
            wish.completed = true;
            draw(found, modules.find((module) => module.id === found.current.module_id), student);
        }
    }

    // A heading is nothing to read: what comes beyond it is.
    async function pastHeadings(found, side) {
        for (let tries = 0; found[side]?.type === "SubHeader" && tries < 3; tries += 1) {
            const { items } = await get(course.api("/module_item_sequence"), { query: { asset_type: "ModuleItem", asset_id: found[side].id } });
            found[side] = items[0]?.[side] ?? null;
        }
    }

    function draw({ prev, current, next }, module, student) {
        const step = (to, key, sign) => {
            const path = to && itemPath(course.id, to);
            return path ? h("a.sequence-step", { href: path, class: key, rel: key === "next" ? "next" : "prev" },
                key === "prev" && icon(sign, { size: 16 }), h("span.grow", h("span.tiny.faint", t(`sequence.${key}`)), h("span.truncate", to.title)), key === "next" && icon(sign, { size: 16 })) : h("span.sequence-step");
        };
        const wish = current.completion_requirement;
        const done = Boolean(wish?.completed);
        const mark = h("button.button.small", { type: "button", "aria-pressed": String(done), onclick: () => busy(mark, async () => {
            const path = course.api(`/modules/${current.module_id}/items/${current.id}/done`);
            try {
                if (done) await del(path);
                else await put(path, {});
                current.completion_requirement.completed = !done;
                draw({ prev, current, next }, module, student);
                bar.querySelector("[aria-pressed]")?.focus();
            } catch (error) {
                toastError(error);
            }
        }) }, icon(done ? "check" : "circle", { size: 16 }), t(done ? "sequence.done" : "sequence.mark_done"));
        fill(bar, step(prev, "prev", "chevron-left"),
            h("div.sequence-middle", module && h("a.small", { href: course.href(`/modules#module-${module.id}`) }, module.name),
                student && wish?.type === "must_mark_done" ? mark
                    : student && wish ? h("span.badge", { class: done ? "good" : "" }, done && icon("check", { size: 13 }), t(done ? "sequence.done" : `need.${wish.type}`, { n: wish.min_score ?? 0 })) : null),
            step(next, "next", "chevron-right"));
        bar.hidden = false;
    }
}

/** `[` and `]` follow the bar. */
export function sequenceKeys(group) {
    const follow = (rel) => document.querySelector(`.sequence a[rel="${rel}"]`)?.click();
    register({ key: "[", label: t("sequence.prev"), group, run: () => follow("prev") });
    register({ key: "]", label: t("sequence.next"), group, run: () => follow("next") });
}
