// The users of an account: found, made, changed, shut out, let in again, taken out.

import { dataTable } from "../base/data-table.js";
import { debounce, h, uuid } from "../base/dom.js";
import { post } from "../base/api.js";
import { formDialog } from "../base/form.js";
import { icon } from "../base/icons.js";
import { date, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { state } from "../base/shell.js";
import { toast } from "../base/toast.js";
import { keep, read as kept } from "./address.js";
import { remember } from "./names.js";
import { actions, STATE_SIGNS } from "./user-actions.js";

const ROLES = ["student", "teacher", "ta", "designer", "observer"];

/** The tab. */
export function open({ account, isRoot, me }) {
    let find = kept("q");
    let role = ROLES.includes(kept("role")) ? kept("role") : "";
    const changed = () => table.reload({ quiet: true });
    const search = h("input.input", { type: "search", "aria-label": t("users.find"), placeholder: t("users.find"), ".value": find, autocomplete: "off", oninput: debounce(() => {
        find = search.value.trim();
        keep({ q: find });
        table.reload({ quiet: true });
    }, 200) });
    const roles = h("select.select", { "aria-label": t("users.role"), onchange: () => {
        role = roles.value;
        keep({ role });
        table.reload();
    } }, h("option", { value: "" }, t("users.all_roles")), ROLES.map((one) => h("option", { value: one, ".selected": one === role }, t(`users.role_${one}`))));

    const table = dataTable({
        label: t("admin.tab_users"), endless: true,
        // The server searches from two letters on.
        read: () => ({ path: `/api/v1/accounts/${account.id}/users`, query: { ...(find.length >= 2 && { search_term: find }), enrollment_type: role ? [role] : [] } }),
        columns: [
            { label: t("users.name"), cell: (user) => [h("button.link", { type: "button", onclick: () => actions.open(user, changed, { isRoot, account, me }) }, user.sortable_name), h("span.data-sub", user.login_id)] },
            { label: t("users.email"), cell: (user) => user.email },
            { label: t("admin.sis_id"), cell: (user) => user.sis_user_id },
            { label: t("users.state"), cell: (user) => user.workflow_state && user.workflow_state !== "registered" && h("span.badge", { class: STATE_SIGNS[user.workflow_state] }, t(`users.state_${user.workflow_state}`)) },
            { label: t("users.since"), class: "num", cell: (user) => date(user.created_at) },
            { label: t("admin.actions"), hidden: true, class: "end", cell: (user) => {
                const menu = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("admin.menu", { name: user.name }) }, icon("dots"));
                return attachMenu(menu, () => actions.items(user, changed, { isRoot, account, me }));
            } },
        ],
        onrows: remember,
        empty: () => (find || role
            ? state({ sign: "search", title: t("users.none_found"), text: t("users.none_found_text"), actions: [h("button.button", { type: "button", onclick: () => {
                [search.value, find, roles.value, role] = ["", "", "", ""];
                keep({ q: "", role: "" });
                table.reload();
                search.focus();
            } }, t("admin.clear"))] })
            : state({ sign: "users", title: t("users.none"), text: t(isRoot ? "users.none_text" : "users.none_below") })),
    });

    async function create() {
        const key = uuid();
        const made = await formDialog({
            title: t("users.create"), intro: t("users.create_text"), submit: t("action.create"),
            fields: [
                { name: "user.name", label: t("users.name"), required: true, autofocus: true },
                { name: "pseudonym.unique_id", label: t("users.login"), required: true, hint: t("users.login_hint") },
                { name: "pseudonym.password", label: t("users.password"), type: "password", autocomplete: "new-password", optional: true, hint: t("users.password_hint") },
                { name: "user.email", label: t("users.email"), type: "email", optional: true },
                { name: "pseudonym.sis_user_id", label: t("admin.sis_id"), optional: true },
                { name: "user.roles", label: t("users.role"), kind: "select", value: "student", options: ["student", "instructor", "parent"].map((one) => [one, t(`role.${one}`)]) },
            ],
            run: (values) => post(`/api/v1/accounts/${account.id}/users`, {
                pseudonym: given({ unique_id: values["pseudonym.unique_id"], password: values["pseudonym.password"], sis_user_id: values["pseudonym.sis_user_id"] }),
                user: given({ name: values["user.name"], email: values["user.email"], roles: [values["user.roles"]] }),
            }, { key }),
        });
        if (!made) return;
        toast(t("users.created", { name: made.name }));
        await changed();
    }

    table.reload();
    const tools = h("div.data-tools", h("div.input-group", icon("search", { size: 16 }), search), roles,
        isRoot && h("button.button.primary.push", { type: "button", onclick: create, dataset: { new: "" } }, icon("plus"), t("users.create")));
    return { element: h("div", tools, table.element) };
}

const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value));
