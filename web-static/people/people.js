// The people of a course, for those who run it: who is in it and how, adding and ending, sections, joining by a code.

import { del, getAll, post, put } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, relative, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { later } from "../base/later.js";
import { attachMenu } from "../base/menu.js";
import { avatar, problem, state } from "../base/shell.js";
import { toast, toastError, undoable } from "../base/toast.js";
import { staffOnly, startCourse } from "../frame/course.js";
import { openForm, field, select } from "../frame/form.js";
import { pagedList, rowKeys } from "../frame/list.js";
import english from "./lang/en.js";
import { grouped, ownRoles, roleChoice, roleFields, ROLES, shortRole } from "./roles.js";

const STATES = [["active", "invited"], ["inactive", "completed"]];

await add({ en: english, de: () => import("./lang/de.js") });
const course = await startCourse({ area: "people" });
const { main, staff } = course;
const group = t("part.people");
const forms = later(() => import("./forms.js"));
const adding = later(() => import("./add.js"));
let sections = [];
let own = [];        // the institution's own roles, for those who may give them

const view = { search: new URLSearchParams(location.search).get("q") ?? "", role: "", ended: false };
const gone = new Set();
const query = () => ({
    include: ["enrollments"], search_term: view.search.length > 1 ? view.search : undefined,
    enrollment_type: view.role ? [view.role] : undefined, enrollment_state: STATES[Number(view.ended)],
});

function page() {
    const rows = pagedList({
        path: course.api("/users"), query: query(), label: group, row: (person) => personRow(person, rows),
        filter: (person) => grouped(person.enrollments ?? [], gone).length > 0 || (person.enrollments ?? []).length === 0,
        empty: () => h("div.card", view.search || view.role || view.ended
            ? state({ sign: "search", title: t("people.none_found"), text: view.search ? t("people.none_found_text", { text: view.search }) : null })
            : state({ sign: "users", title: t("people.none"), text: t("people.none_text"), actions: [addButton()] })),
    });
    const reload = () => rows.load(query());
    const again = async () => {
        const named = () => JSON.stringify(sections.map((section) => [section.id, section.name]));
        const before = named();
        sections = await getAll(course.api("/sections"), { query: { include: ["total_students"] } }).catch(() => sections);
        await reload();
        if (named() !== before) rows.redraw();
    };
    const open = (name) => () => forms.use(async (part) => {
        if (await part[name](course, sections, again)) await again();
    });
    const add = () => adding.use(async (part) => {
        if (await part.addPeople(course, sections, own)) await again();
    });
    const addButton = () => h("button.button.primary", { type: "button", onclick: add }, icon("plus"), t("people.add"));
    const search = debounce(reload, 150);
    fill(main, h("div.page",
        h("div.page-head", h("h1", group), h("div.actions",
            h("button.button", { type: "button", onclick: open("joinCode") }, icon("key", { size: 16 }), t("people.join_code")),
            h("button.button", { type: "button", onclick: open("manageSections") }, icon("columns", { size: 16 }), t("people.sections")), addButton())),
        h("div.tools",
            h("div.input-group", icon("search"), h("input.input", { type: "search", "aria-label": t("people.search"), placeholder: t("people.search"), ".value": view.search, oninput: (event) => { view.search = event.target.value.trim(); search(); } })),
            select([["", t("people.all_roles")], ...ROLES.map((role) => [role, t(`people.${role}s`)])], "", { "aria-label": t("people.role"), onchange: (event) => { view.role = event.target.value; reload(); } }),
            h("div.segments", { role: "group", "aria-label": t("people.state") }, [false, true].map((ended) => h("button", { type: "button", "aria-pressed": String(ended === view.ended), onclick: (event) => {
                view.ended = ended;
                for (const button of event.currentTarget.parentElement.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
                reload();
            } }, t(ended ? "people.ended" : "people.here"))))),
        rows.element));
    main.removeAttribute("aria-busy");
    rowKeys(main, group);
    register({ key: "c", label: t("people.add"), group, run: add });
    return reload();
}

function personRow(person, rows) {
    const lines = grouped(person.enrollments ?? [], gone);
    const active = lines.map((line) => line.enrollment.last_activity_at).filter(Boolean).sort().at(-1);
    return h("li.item.person", { dataset: { person: person.id } },
        avatar(person.name),
        h("div.grow", h("h2", h("span", { tabindex: "0", dataset: { row: "", key: `u${person.id}` } }, person.name)),
            h("p.meta", person.login_id && h("span.truncate", person.login_id), h("span", active ? t("people.seen", { when: relative(active) }) : t("people.never")))),
        h("ul.enrolments", { role: "list" }, lines.map(({ enrollment }) => h("li",
            h("span.badge", { class: { invited: "warn", inactive: "", completed: "" }[enrollment.enrollment_state] ?? "" }, own.find((role) => role.id === enrollment.role_id)?.label ?? t(`people.${shortRole(enrollment.type)}`), enrollment.enrollment_state !== "active" && ` · ${t(`people.is_${enrollment.enrollment_state}`)}`),
            sections.length > 1 && h("span.small.muted.truncate", sections.find((section) => section.id === enrollment.course_section_id)?.name ?? ""),
            personMenu(person, enrollment, rows)))));
}

function personMenu(person, enrollment, rows) {
    const over = ["completed", "inactive"].includes(enrollment.enrollment_state);
    const button = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("people.more", { name: person.name, role: t(`people.${shortRole(enrollment.type)}`) }), dataset: { key: `m${enrollment.id}` } }, icon("dots", { size: 16 }));
    const end = (task) => () => {
        gone.add(enrollment.id);
        rows.redraw();
        document.querySelector('.tools input[type="search"]')?.focus({ preventScroll: true });
        undoable(t(`people.did_${task}`, { name: person.name }), {
            undo: () => { gone.delete(enrollment.id); rows.redraw(); },
            commit: () => del(course.api(`/enrollments/${enrollment.id}`), { query: { task } }).then(async () => {
                await rows.load(query());
                gone.delete(enrollment.id);
            }, (error) => { gone.delete(enrollment.id); rows.redraw(); toastError(error); }),
        });
    };
    return h("div", attachMenu(button, () => [
        !over && { label: t("people.change"), icon: "edit", run: () => changeRole(person, enrollment, rows) },
        over && { label: t("action.restore"), icon: "undo", run: async () => {
            try {
                await put(course.api(`/enrollments/${enrollment.id}/reactivate`), {});
                toast(t("people.restored", { name: person.name }));
                await rows.load(query());
            } catch (error) {
                toastError(error);
            }
        } },
        "-",
        !over && { label: t("people.conclude"), icon: "check", run: end("conclude") },
        !over && { label: t("people.deactivate"), icon: "mute", run: end("deactivate") },
        { label: t("people.remove"), icon: "user-x", danger: true, run: end("delete") },
    ]));
}

// The API has no change of a role: the new enrolment is made first, then the old one goes.
async function changeRole(person, enrollment, rows) {
    const before = roleChoice(enrollment, own);
    const role = select([...ROLES.map((one) => [one, t(`people.${one}`)]), ...own.map((one) => [`${one.id}:${one.base_role_type}`, one.label])], before, { autofocus: true });
    const section = select(sections.map((one) => [one.id, one.name]), enrollment.course_section_id);
    const done = await openForm({
        title: t("people.change_of", { name: person.name }), submit: t("action.save"), fields: { type: role, course_section_id: section },
        body: [field(t("people.role"), role), sections.length > 1 && field(t("people.section"), section)],
        send: async () => {
            if (role.value === before && Number(section.value) === enrollment.course_section_id) return true;
            await post(course.api("/enrollments"), { enrollment: { user_id: person.id, ...roleFields(role.value), course_section_id: Number(section.value) || undefined, enrollment_state: enrollment.enrollment_state === "invited" ? "invited" : "active" } });
            await del(course.api(`/enrollments/${enrollment.id}`), { query: { task: "delete" } });
            return true;
        },
    });
    if (done) await rows.load(query());
}

async function start() {
    try {
        if (!staff) {
            fill(main, staffOnly(course.id, group));
            return main.removeAttribute("aria-busy");
        }
        [sections, own] = await Promise.all([
            getAll(course.api("/sections"), { query: { include: ["total_students"] } }),
            // Only administrators may look at the roles; without them the built-in ones are on offer.
            course.me.roles.includes("admin") ? getAll(`/api/v1/accounts/${course.course.account_id}/roles`, { query: { show_inherited: "true" } }).then(ownRoles, () => []) : [],
        ]);
        await page();
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", group), problem(error, start)));
        main.removeAttribute("aria-busy");
    }
}

await start();
