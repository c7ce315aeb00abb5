// The sections of a course, and the code with which people join by themselves.

import { del, getAll, post, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { isStaff } from "../base/session.js";
import { busy, state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { checkbox, field, openForm, refusal, select, textInput } from "../frame/form.js";
import { newCode } from "./roles.js";

/** The sections: names, numbers, making, renaming, moving to another course and back. `changed()` after each change. */
export async function manageSections(course, sections, changed) {
    const list = h("ul.card.items", { role: "list", "aria-label": t("people.sections") });
    const name = textInput("", { "aria-label": t("people.section_name"), placeholder: t("people.section_new") });
    const make = h("button.button", { type: "submit" }, icon("plus", { size: 16 }), t("action.create"));
    let all = sections;
    const draw = () => fill(list, all.map((section) => {
        const button = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("people.section_more", { name: section.name }) }, icon("dots", { size: 16 }));
        return h("li.item", h("div.grow", h("h3", section.name), h("p.meta", t("people.section_n", { n: section.total_students ?? 0 }), section.nonxlist_course_id && h("span.badge", t("people.cross_listed")))),
            h("div.actions", h("div", attachMenu(button, () => [
                { label: t("action.rename"), icon: "edit", run: () => rename(section) },
                section.nonxlist_course_id ? { label: t("people.cross_back"), icon: "undo", run: () => act(() => del(`/api/v1/sections/${section.id}/crosslist`)) }
                    : { label: t("people.cross"), icon: "arrow-right", run: () => cross(section) },
                "-",
                { label: t("action.delete"), icon: "trash", danger: true, disabled: (section.total_students ?? 0) > 0, run: () => act(() => del(`/api/v1/sections/${section.id}`)) },
            ]))));
    }));
    const read = async () => {
        all = await getAll(course.api("/sections"), { query: { include: ["total_students"] } });
        draw();
        changed();
    };
    const act = async (work) => {
        try {
            await work();
            await read();
        } catch (error) {
            toastError(error);
        }
    };
    const rename = async (section) => {
        const field_ = textInput(section.name, { autofocus: true, required: true });
        if (await openForm({ title: t("action.rename"), submit: t("action.save"), fields: { name: field_ }, body: field(t("people.section_name"), field_), send: () => {
            if (field_.value.trim() === "") throw refusal("name", t("people.section_missing"));
            return put(`/api/v1/sections/${section.id}`, { course_section: { name: field_.value.trim() } });
        } })) await read();
    };
    const cross = async (section) => {
        const mine = (await getAll("/api/v1/courses")).filter((one) => one.id !== course.id && isStaff(course.me, one));
        const target = select(mine.map((one) => [one.id, `${one.course_code} · ${one.name}`]), mine[0]?.id, { autofocus: true });
        if (await openForm({ title: t("people.cross_named", { name: section.name }), submit: t("people.cross"), fields: { target },
            body: mine.length > 0 ? field(t("people.cross_to"), target, t("people.cross_hint")) : h("p.muted", t("people.cross_none")),
            send: () => {
                if (mine.length === 0) throw refusal("target", t("people.cross_none"));
                return post(`/api/v1/sections/${section.id}/crosslist/${target.value}`, {});
            } })) await read();
    };
    draw();
    await openDialog({ title: t("people.sections"), kind: "panel", body: h("div.stack", list, h("form.row.tight", { onsubmit: (event) => {
        event.preventDefault();
        if (name.value.trim() === "") return name.focus();
        busy(make, () => act(async () => {
            await post(course.api("/sections"), { course_section: { name: name.value.trim() } });
            name.value = "";
        }));
    } }, h("div.grow", name), make)) }).closed;
    return false;
}

/** The code with which people join by themselves. */
export async function joinCode(course) {
    const on = checkbox(t("people.join_on"), course.course.self_enrollment);
    const code = textInput("", { maxlength: "60", spellcheck: "false", placeholder: course.course.self_enrollment ? t("people.join_kept") : newCode() });
    const limit = h("input.input", { type: "number", min: "1", step: "1" });
    const again = h("button.button", { type: "button", onclick: () => { code.value = newCode(); } }, icon("refresh", { size: 16 }), t("people.join_new"));
    if (!course.course.self_enrollment) code.value = newCode();
    const saved = await openForm({
        title: t("people.join_code"), submit: t("action.save"), fields: { self_enrollment_code: code, self_enrollment_limit: limit },
        body: [on.element, h("div.row.tight.code-row", h("div.grow", field(t("people.join_word"), code, t("people.join_hint"))), again), field(t("people.join_limit"), limit, t("people.join_limit_hint"))],
        send: async () => {
            const word = code.value.trim();
            if (on.box.checked && word === "" && !course.course.self_enrollment) throw refusal("self_enrollment_code", t("people.join_missing"));
            const made = await put(course.api(), { course: {
                self_enrollment: on.box.checked, ...(on.box.checked && word ? { self_enrollment_code: word } : {}), ...(limit.value ? { self_enrollment_limit: Number(limit.value) } : {}),
            } });
            course.course.self_enrollment = made.self_enrollment;
            return { word: on.box.checked ? word : "" };
        },
    });
    if (!saved?.word) return false;
    const whole = `${course.id}-${saved.word}`;
    const address = `${location.origin}/?join=${encodeURIComponent(whole)}`;
    const copy = h("button.button.primary", { type: "button", onclick: () => navigator.clipboard.writeText(address).then(() => toast(t("people.copied")), () => {}) }, icon("copy", { size: 16 }), t("people.copy_link"));
    await openDialog({ title: t("people.join_code"), body: h("div.stack", state({ sign: "key", title: whole, text: t("people.join_say") }), h("p.small.muted.join-address", address)), foot: copy }).closed;
    return false;
}
