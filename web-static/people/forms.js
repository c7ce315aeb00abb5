// Adding people, the sections of a course, and the code with which people join by themselves.

import { del, get, getAll, post, put } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { isStaff } from "../base/session.js";
import { busy, state } from "../base/shell.js";
import { explain, toast, toastError } from "../base/toast.js";
import { people } from "../frame/finding.js";
import { checkbox, field, openForm, refusal, select, textInput } from "../frame/form.js";
import { longRole, logins, newCode, ROLES } from "./roles.js";

const MOST_AT_ONCE = 200;

/** Adds people by their logins, or by looking for them by name. Resolves to whether anybody was added. */
export async function addPeople(course, sections) {
    const text = h("textarea.textarea", { rows: "3", autofocus: true, spellcheck: "false", placeholder: t("people.logins_example") });
    const search = textInput("", { type: "search", placeholder: t("people.find"), "aria-label": t("people.find") });
    const found = h("ul.card.items.found", { role: "list", "aria-label": t("people.found"), hidden: true });
    const role = select(ROLES.map((one) => [one, t(`people.${one}`)]), "student");
    const section = select(sections.map((one) => [one.id, one.name]), sections[0]?.id);
    const invite = checkbox(t("people.invite"), false);
    const said = h("div", { role: "status" });
    const chosen = new Map();   // id → name
    const chips = h("ul.chips", { role: "list", "aria-label": t("people.chosen") });
    const drawChips = () => fill(chips, [...chosen].map(([id, name]) => h("li.badge.accent", name, h("button.chip-remove", { type: "button", "aria-label": t("people.unchoose", { name }), onclick: () => { chosen.delete(id); drawChips(); search.focus(); } }, icon("x", { size: 12 })))));
    const look = debounce(async () => {
        const wish = search.value.trim();
        found.hidden = wish.length < 2;
        if (found.hidden) return;
        try {
            // Administrators find everybody of the institution; others the people of their courses.
            const list = course.me.roles.includes("admin")
                ? await get(`/api/v1/accounts/${course.course.root_account_id}/users`, { query: { search_term: wish, per_page: 10 } })
                : await people(wish, { most: 10 });
            fill(found, list.length === 0 ? h("li.item.small.muted", t("people.nobody")) : list.map((person) => h("li.item", h("div.grow", h("h3", person.name), person.login_id && h("p.meta", person.login_id)),
                h("button.button.small", { type: "button", "aria-label": t("people.choose", { name: person.name }), onclick: () => { chosen.set(person.id, person.name); drawChips(); search.value = ""; found.hidden = true; search.focus(); } }, icon("plus", { size: 15 })))));
        } catch (error) {
            fill(found, h("li.item.small.muted", explain(error)));
        }
    }, 200);
    search.addEventListener("input", look);
    let came = 0;
    const done = await openForm({
        title: t("people.add"), submit: t("people.add_them"), kind: "wide", fields: { user_id: text, course_section_id: section },
        body: [
            field(t("people.logins"), text, t("people.logins_hint")),
            h("div.stack.tight", h("div.input-group", icon("search"), search), found, chips),
            h("div.pair", field(t("people.role"), role), sections.length > 1 && field(t("people.section"), section)),
            invite.element, said,
        ],
        send: async () => {
            const names = logins(text.value);
            if (names.length + chosen.size === 0) throw refusal("user_id", t("people.nobody_named"));
            if (names.length + chosen.size > MOST_AT_ONCE) throw refusal("user_id", t("people.too_many", { n: MOST_AT_ONCE }));
            const wishes = [...names.map((name) => ({ reference: `sis_login_id:${name}`, name })), ...[...chosen].map(([id, name]) => ({ reference: id, name }))];
            const missing = [];
            let added = 0;
            for (const [at, wish] of wishes.entries()) {
                said.textContent = t("people.adding", { done: at, n: wishes.length });
                try {
                    await post(course.api("/enrollments"), { enrollment: {
                        user_id: wish.reference, type: longRole(role.value), course_section_id: sections.length > 1 ? Number(section.value) : undefined, enrollment_state: invite.box.checked ? "invited" : "active",
                    } });
                    added += 1;
                    came += 1;
                    chosen.delete(wish.reference);
                } catch (error) {
                    if (error.offline || error.status >= 500) throw error;
                    missing.push({ ...wish, why: error.status === 404 || error.status === 400 ? t("people.unknown") : explain(error) });
                }
            }
            said.textContent = "";
            if (added > 0) toast(t("people.added", { n: added }));
            if (missing.length > 0) {
                // What went well is not asked for again.
                text.value = missing.filter((one) => typeof one.reference === "string").map((one) => one.name).join("\n");
                drawChips();
                throw refusal("user_id", missing.slice(0, 5).map((one) => `${one.name}: ${one.why}`).join(" · "));
            }
            return true;
        },
    });
    return Boolean(done) || came > 0;
}

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
