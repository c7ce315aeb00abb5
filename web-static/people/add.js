// Adding people to a course: by logins or SIS IDs, from a file, or by looking for them; many at once with their progress.

import { get, post } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { follow, isSettled } from "../base/follow.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { explain, toast } from "../base/toast.js";
import { people } from "../frame/finding.js";
import { checkbox, field, openForm, refusal, select, textInput } from "../frame/form.js";
import { columnOf, logins, roleFields, ROLES } from "./roles.js";

/** How many are added one after the other, and how many by one job of the server's. */
const MOST_ONE_BY_ONE = 200;
const MOST_AT_ONCE = 500;
const MOST_BYTES = 1_000_000;

/** Opens the dialog; `own` are the institution's own roles. Resolves to whether anybody was added. */
export async function addPeople(course, sections, own) {
    const admin = course.me.roles.includes("admin");
    const root = `/api/v1/accounts/${course.course.root_account_id}`;
    const text = h("textarea.textarea", { rows: "3", autofocus: true, spellcheck: "false", placeholder: t("people.logins_example") });
    const kind = select([["login", t("people.by_login")], ["sis", t("people.by_sis")]], "login");
    const search = textInput("", { type: "search", placeholder: t("people.find"), "aria-label": t("people.find") });
    const found = h("ul.card.items.found", { role: "list", "aria-label": t("people.found"), hidden: true });
    const role = select([...ROLES.map((one) => [one, t(`people.${one}`)]), ...own.map((one) => [`${one.id}:${one.base_role_type}`, one.label])], "student");
    const section = select(sections.map((one) => [one.id, one.name]), sections[0]?.id);
    const invite = checkbox(t("people.invite"), false);
    const said = h("div", { role: "status" });
    const chosen = new Map();   // id → name
    const chips = h("ul.chips", { role: "list", "aria-label": t("people.chosen") });
    const drawChips = () => fill(chips, [...chosen].map(([id, name]) => h("li.badge.accent", name, h("button.chip-remove", { type: "button", "aria-label": t("people.unchoose", { name }), onclick: () => { chosen.delete(id); drawChips(); search.focus(); } }, icon("x", { size: 12 })))));
    const file = h("input", { type: "file", accept: ".csv,.txt,text/csv,text/plain", "aria-label": t("people.from_file"), onchange: async () => {
        const [picked] = file.files;
        file.value = "";
        if (!picked) return;
        const names = picked.size > MOST_BYTES ? [] : columnOf(await picked.text(), kind.value === "sis");
        if (names.length > 0) text.value = [text.value.trim(), ...names].filter(Boolean).join("\n");
        said.textContent = names.length > 0 ? t("people.file_read", { n: names.length }) : t("people.file_empty", { name: picked.name });
    } });
    const look = debounce(async () => {
        const wish = search.value.trim();
        found.hidden = wish.length < 2;
        if (found.hidden) return;
        try {
            // Administrators find everybody of the institution; others the people of their courses.
            const list = admin ? await get(`${root}/users`, { query: { search_term: wish, per_page: 10 } }) : await people(wish, { most: 10 });
            fill(found, list.length === 0 ? h("li.item.small.muted", t("people.nobody")) : list.map((person) => h("li.item", h("div.grow", h("h3", person.name), person.login_id && h("p.meta", person.login_id)),
                h("button.button.small", { type: "button", "aria-label": t("people.choose", { name: person.name }), onclick: () => { chosen.set(person.id, person.name); drawChips(); search.value = ""; found.hidden = true; search.focus(); } }, icon("plus", { size: 15 })))));
        } catch (error) {
            fill(found, h("li.item.small.muted", explain(error)));
        }
    }, 200);
    search.addEventListener("input", look);
    let came = 0;

    const shared = () => ({ ...roleFields(role.value), course_section_id: sections.length > 1 ? Number(section.value) : undefined, enrollment_state: invite.box.checked ? "invited" : "active" });

    // One after the other: what a course's staff may do, and the only way by login.
    async function oneByOne(wishes) {
        const missing = [];
        for (const [at, wish] of wishes.entries()) {
            said.textContent = t("people.adding", { done: at, n: wishes.length });
            try {
                await post(course.api("/enrollments"), { enrollment: { user_id: wish.reference, ...shared() } });
                came += 1;
                chosen.delete(wish.reference);
            } catch (error) {
                if (error.offline || error.status >= 500) throw error;
                missing.push({ ...wish, why: error.status === 404 || error.status === 400 ? t("people.unknown") : explain(error) });
            }
        }
        return missing;
    }

    // All at once, by a job of the server's.
    async function atOnce(wishes) {
        const { type, course_section_id, enrollment_state } = shared();
        const run = follow({
            first: await post(`${root}/bulk_enrollment`, { user_ids: wishes.map((wish) => wish.reference), course_ids: [course.id], enrollment_type: type, enrollment_state, ...(course_section_id ? { course_section_id } : {}) }),
            read: (progress) => get(`/api/v1/progress/${progress.id}`, { retries: 0 }), isOver: isSettled,
            show: (progress, error) => { said.textContent = error ? explain(error) : t("people.enrolling", { n: wishes.length, share: Math.round(progress.completion) }); },
        });
        const end = await run.ended;
        if (end.workflow_state === "failed") throw refusal("user_id", end.message ?? t("people.bulk_failed"));
        came += end.results.enrolled;
        const wrong = new Map(end.results.errors.map((error) => [String(error.user_id), error.message]));
        return wishes.filter((wish) => wrong.has(String(wish.reference))).map((wish) => ({ ...wish, why: wrong.get(String(wish.reference)) }));
    }

    const done = await openForm({
        title: t("people.add"), submit: t("people.add_them"), kind: "wide", fields: { user_id: text, course_section_id: section },
        body: [
            admin && field(t("people.named_by"), kind),
            field(t(admin ? "people.who" : "people.logins"), text, t("people.logins_hint")),
            h("label.button.small.login-file", file, icon("upload", { size: 16 }), t("people.from_file")),
            h("div.stack.tight", h("div.input-group", icon("search"), search), found, chips),
            h("div.pair", field(t("people.role"), role), sections.length > 1 && field(t("people.section"), section)),
            invite.element, said,
        ],
        send: async () => {
            const sis = kind.value === "sis";
            const names = logins(text.value);
            const wishes = [...names.map((name) => ({ reference: `${sis ? "sis_user_id" : "sis_login_id"}:${name}`, name })), ...[...chosen].map(([id, name]) => ({ reference: id, name }))];
            if (wishes.length === 0) throw refusal("user_id", t("people.nobody_named"));
            // The job knows ids and SIS IDs, and the built-in roles.
            const bulk = admin && (sis || names.length === 0) && wishes.length > 1 && !("role_id" in roleFields(role.value));
            const most = bulk ? MOST_AT_ONCE : MOST_ONE_BY_ONE;
            if (wishes.length > most) throw refusal("user_id", t("people.too_many", { n: most }));
            const before = came;
            const missing = await (bulk ? atOnce(wishes) : oneByOne(wishes));
            said.textContent = "";
            if (came > before) toast(t("people.added", { n: came - before }));
            if (missing.length > 0) {
                // What went well is not asked for again.
                text.value = missing.filter((one) => typeof one.reference === "string").map((one) => one.name).join("\n");
                for (const id of [...chosen.keys()]) if (!missing.some((one) => one.reference === id)) chosen.delete(id);
                drawChips();
                throw refusal("user_id", missing.slice(0, 5).map((one) => `${one.name}: ${one.why}`).join(" · "));
            }
            return true;
        },
    });
    return Boolean(done) || came > 0;
}
