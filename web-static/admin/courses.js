// The courses of an account and of all below it: found by name, term, state and teacher; made, published, concluded, restored, deleted.

import { del, get, getAll, post, put } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { debounce, fill, h, uuid } from "../base/dom.js";
import { formDialog } from "../base/form.js";
import { icon } from "../base/icons.js";
import { compareNames, list, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { keep, read as kept } from "./address.js";
import { userPicker } from "./user-picker.js";

const STATES = ["unpublished", "available", "completed"];
const SIGNS = { unpublished: "warn", available: "good", completed: "" };

/** The tab. */
export function open({ account }) {
    const view = { find: kept("q"), term: kept("term"), state: STATES.includes(kept("state")) ? kept("state") : "", teacher: null };
    const changed = () => table.reload({ quiet: true });
    const search = h("input.input", { type: "search", "aria-label": t("courses.find"), placeholder: t("courses.find"), ".value": view.find, autocomplete: "off",
        oninput: debounce(() => set({ find: search.value.trim() }, true), 200) });
    const states = h("select.select", { "aria-label": t("courses.state"), onchange: () => set({ state: states.value }) },
        h("option", { value: "" }, t("courses.all_states")), STATES.map((one) => h("option", { value: one, ".selected": one === view.state }, t(`courses.state_${one}`))));
    const termSelect = h("select.select", { "aria-label": t("courses.term"), onchange: () => set({ term: termSelect.value }) }, h("option", { value: "" }, t("courses.all_terms")));
    const teacher = userPicker({ account: account.id, label: t("courses.teacher"), placeholder: t("courses.teacher"), roles: ["teacher"],
        onpick: (user) => set({ teacher: user?.id ?? null }) });
    let terms = [];

    function set(values, quiet = false) {
        Object.assign(view, values);
        keep({ q: view.find, term: view.term, state: view.state });
        table.reload({ quiet });
    }

    const table = dataTable({
        label: t("admin.tab_courses"), endless: true,
        read: () => ({ path: `/api/v1/accounts/${account.id}/courses`, query: {
            ...(view.find.length >= 2 && { search_term: view.find }), ...(view.term && { enrollment_term_id: view.term }), state: [view.state || "all"],
            ...(view.teacher && { by_teachers: [view.teacher] }), include: ["term", "teachers", "total_students", "account"],
        } }),
        columns: [
            { label: t("courses.name"), cell: (course) => [h("a", { href: `/courses/${course.id}` }, course.name), h("span.data-sub", course.course_code)] },
            { label: t("courses.state"), cell: (course) => h("span.badge", { class: SIGNS[course.workflow_state] }, t(`courses.state_${course.workflow_state}`)) },
            { label: t("courses.term"), cell: (course) => course.term?.name },
            { label: t("courses.teachers"), cell: (course) => course.teachers?.length > 0 && list(course.teachers.map((one) => one.display_name)) },
            { label: t("courses.students"), class: "num", cell: (course) => course.total_students },
            { label: t("courses.account"), cell: (course) => (course.account?.id === account.id ? null : course.account?.name) },
            { label: t("admin.actions"), hidden: true, class: "end", cell: (course) => {
                const menu = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("admin.menu", { name: course.name }) }, icon("dots"));
                return attachMenu(menu, () => items(course));
            } },
        ],
        empty: () => (view.find || view.term || view.state || view.teacher
            ? state({ sign: "search", title: t("courses.none_found"), actions: [h("button.button", { type: "button", onclick: () => {
                [search.value, states.value, termSelect.value] = ["", "", ""];
                teacher.clear();
                set({ find: "", state: "", term: "", teacher: null });
                search.focus();
            } }, t("admin.clear"))] })
            : state({ sign: "book", title: t("courses.none"), text: t("courses.none_text") })),
    });

    const items = (course) => [
        { label: t("courses.open"), icon: "external", href: `/courses/${course.id}` },
        { label: t("action.edit"), icon: "edit", run: () => edit(course) },
        "-",
        course.workflow_state === "unpublished" && { label: t("courses.publish"), icon: "check", run: () => step(course, "offer", "courses.published") },
        course.workflow_state === "available" && { label: t("courses.unpublish"), icon: "eye-off", run: () => step(course, "claim", "courses.unpublished") },
        course.workflow_state === "completed"
            ? { label: t("courses.restore"), icon: "undo", run: () => step(course, "offer", "courses.restored") }
            : { label: t("courses.conclude"), icon: "flag", run: () => conclude(course) },
        "-",
        { label: t("action.delete"), icon: "trash", danger: true, run: () => remove(course) },
    ];

    async function step(course, event, said) {
        try {
            await put(`/api/v1/courses/${course.id}`, { course: { event } });
            toast(t(said, { name: course.name }));
        } catch (error) {
            toastError(error, () => step(course, event, said));
        }
        await changed();
    }

    async function sure(question) {
        const { confirm } = await import("../base/dialog.js");
        return confirm(question);
    }

    async function conclude(course) {
        if (await sure({ title: t("courses.conclude_title", { name: course.name }), text: t("courses.conclude_text"), action: t("courses.conclude") })) await step(course, "conclude", "courses.concluded");
    }

    async function remove(course) {
        if (!await sure({ title: t("courses.delete_title", { name: course.name }), text: t("courses.delete_text"), action: t("action.delete"), danger: true })) return;
        try {
            await del(`/api/v1/courses/${course.id}`, { query: { event: "delete" } });
            toast(t("courses.deleted", { name: course.name }), { ms: 10_000, action: { label: t("action.undo"), run: () => step(course, "undelete", "courses.brought_back") } });
        } catch (error) {
            toastError(error);
        }
        await changed();
        search.focus();
    }

    async function form(title, submit, course, run) {
        const below = await getAll(`/api/v1/accounts/${account.id}/sub_accounts`, { query: { recursive: "true" } }).catch(() => []);
        const places = [[String(account.id), account.name], ...below.sort((a, b) => compareNames(a.name, b.name)).map((one) => [String(one.id), one.name])];
        return formDialog({
            title, submit,
            fields: [
                { name: "name", label: t("courses.name"), value: course?.name, required: true, autofocus: true },
                { name: "course_code", label: t("courses.code"), value: course?.course_code, required: true },
                { name: "term_id", label: t("courses.term"), kind: "select", value: String(course?.enrollment_term_id ?? terms[0]?.id ?? ""), options: terms.map((term) => [String(term.id), term.name]) },
                { name: "account_id", label: t("courses.account"), kind: "select", value: String(course?.account_id ?? account.id), options: places },
                { name: "sis_course_id", label: t("admin.sis_id"), value: course?.sis_course_id ?? "", optional: true },
                !course && { name: "offer", label: t("courses.offer"), kind: "check", hint: t("courses.offer_hint") },
            ],
            run,
        });
    }

    async function create() {
        const key = uuid();
        const made = await form(t("courses.create"), t("action.create"), null, ({ offer, account_id, sis_course_id, term_id, ...values }) =>
            post(`/api/v1/accounts/${account_id}/courses`, { course: { ...values, ...(term_id && { term_id }), ...(sis_course_id && { sis_course_id }) }, offer }, { key }));
        if (!made) return;
        toast(t("courses.created", { name: made.name }));
        await changed();
    }

    async function edit(course) {
        const done = await form(t("courses.edit", { name: course.name }), t("action.save"), course, ({ sis_course_id, ...values }) =>
            put(`/api/v1/courses/${course.id}`, { course: { ...values, sis_course_id: sis_course_id || null } }));
        if (!done) return;
        toast(t("courses.saved", { name: done.name ?? course.name }));
        await changed();
    }

    async function restore() {
        const { restoreCourses } = await import("./restore-courses.js");
        await restoreCourses(account);
        await changed();
    }

    get(`/api/v1/accounts/${account.id}/terms`, { query: { per_page: 100 } }).then(({ enrollment_terms }) => {
        terms = enrollment_terms;
        fill(termSelect, h("option", { value: "" }, t("courses.all_terms")), terms.map((term) => h("option", { value: term.id, ".selected": String(term.id) === view.term }, term.name)));
    }, () => { termSelect.hidden = true; });
    table.reload();
    return { element: h("div", h("div.data-tools", h("div.input-group", icon("search", { size: 16 }), search), termSelect, states, teacher.element,
        h("button.button.ghost.push", { type: "button", onclick: restore }, icon("undo"), t("courses.restore_deleted")),
        h("button.button.primary", { type: "button", onclick: create, dataset: { new: "" } }, icon("plus"), t("courses.create"))), table.element) };
}
