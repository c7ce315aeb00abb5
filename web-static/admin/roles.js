// Roles: the built-in ones to look at, the account's own to make, rename, limit, and put out of use.

import { del, getAll, post, put } from "../base/api.js";
import { fill, h, uuid } from "../base/dom.js";
import { formDialog } from "../base/form.js";
import { icon } from "../base/icons.js";
import { compareNames, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { problem } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { openCount } from "./permissions.js";

const BASES = ["StudentEnrollment", "TeacherEnrollment", "TaEnrollment", "DesignerEnrollment", "ObserverEnrollment"];

/** The section below the administrators. */
export function roleSection(account) {
    const path = `/api/v1/accounts/${account.id}/roles`;
    const place = h("div", h("div.skeleton.card.admin-wait"));
    const make = h("button.button", { type: "button", onclick: () => create() }, icon("plus"), t("roles.create"));
    let all = [];

    async function load() {
        try {
            all = await getAll(path, { query: { state: ["active", "inactive"] } });
            draw();
        } catch (error) {
            fill(place, h("div.card", problem(error, load)));
        }
    }

    const builtIn = () => all.filter((role) => role.workflow_state === "built_in");
    const baseOf = (role) => builtIn().find((one) => one.base_role_type === role.base_role_type);

    function draw() {
        const own = all.filter((role) => role.workflow_state !== "built_in").sort((a, b) => compareNames(a.label, b.label));
        fill(place, h("div.card.role-list", builtIn().map(shown), own.map(line)));
    }

    const count = (role) => h("span.small.muted.num", t("admins.permissions", { n: openCount(role) }));

    function shown(role) {
        const allowed = Object.entries(role.permissions).filter(([, permission]) => permission.enabled).map(([name]) => name.replace(/^url:/, "").replace("|", " ")).sort();
        return h("details", h("summary", h("span.strong.grow", t(`admins.role_${role.base_role_type}`)), count(role)),
            h("ul.permission-list", { role: "list" }, allowed.map((name) => h("li", h("code", name)))));
    }

    function line(role) {
        const active = role.workflow_state === "active";
        const menu = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("admin.menu", { name: role.label }), dataset: { key: `role-${role.id}` } }, icon("dots"));
        return h("div.role-line", h("span.grow", h("span.strong", role.label), h("span.data-sub", t("roles.based_on", { role: t(`admins.role_${role.base_role_type}`) }))),
            !active && h("span.badge", t("roles.inactive")), count(role),
            attachMenu(menu, () => [
                { label: t("roles.permissions"), icon: "key", run: () => permit(role) },
                { label: t("roles.rename"), icon: "edit", run: () => rename(role) },
                "-",
                active ? { label: t("roles.deactivate"), icon: "eye-off", danger: true, run: () => deactivate(role) } : { label: t("roles.activate"), icon: "undo", run: () => act(() => post(`${path}/${role.id}/activate`, {}), "roles.activated", role) },
            ]));
    }

    async function act(work, said, role) {
        try {
            await work();
            toast(t(said, { name: role.label }));
        } catch (error) {
            toastError(error);
        }
        await load();
        place.querySelector(`[data-key="role-${role.id}"]`)?.focus();
    }

    async function create() {
        const key = uuid();
        const made = await formDialog({
            title: t("roles.create"), intro: t("roles.create_text"), submit: t("roles.go_on"),
            fields: [
                { name: "label", label: t("roles.label"), required: true, autofocus: true, placeholder: t("roles.label_example") },
                { name: "base_role_type", label: t("roles.base"), kind: "select", value: "TeacherEnrollment", options: BASES.map((one) => [one, t(`admins.role_${one}`)]), hint: t("roles.base_hint") },
            ],
            run: (values) => post(path, values, { key }),
        });
        if (!made) return;
        await load();
        await permit(made);
    }

    async function rename(role) {
        const changed = await formDialog({
            title: t("roles.rename_title", { name: role.label }), submit: t("action.save"), fields: [{ name: "label", label: t("roles.label"), value: role.label, required: true, autofocus: true }],
            run: (values) => put(`${path}/${role.id}`, values),
        });
        if (changed) await load();
    }

    async function permit(role) {
        try {
            const { openPermissions } = await import("./role-permissions.js");
            if (await openPermissions(`${path}/${role.id}`, role, baseOf(role))) toast(t("roles.saved", { name: role.label }));
        } catch (error) {
            toastError(error, () => permit(role));
        }
        await load();
    }

    async function deactivate(role) {
        const { confirm } = await import("../base/dialog.js");
        if (await confirm({ title: t("roles.deactivate_title", { name: role.label }), text: t("roles.deactivate_text"), action: t("roles.deactivate"), danger: true })) await act(() => del(`${path}/${role.id}`), "roles.deactivated", role);
    }

    load();
    return h("section", { "aria-labelledby": "roles-title" }, h("div.data-tools", h("div.grow", h("h3.admin-label", { id: "roles-title" }, t("admins.roles")), h("p.small.muted", t("admins.roles_text"))), make), place);
}
