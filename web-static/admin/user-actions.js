// What an administrator may do with one user: a panel to change them, and a menu of steps, each asked about where it cannot be undone.

import { del, post, put } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { h } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { busy, state } from "../base/shell.js";
import { explain, toast, toastError } from "../base/toast.js";
import { tokenTable } from "./token-table.js";

/** The badge's class for a user's state. */
export const STATE_SIGNS = { suspended: "warn", deleted: "bad" };

async function sure(question) {
    const { confirm } = await import("../base/dialog.js");
    return confirm({ danger: true, ...question });
}

async function suspend(user, changed) {
    const shut = user.workflow_state !== "suspended";
    if (shut && !await sure({ title: t("users.suspend_title", { name: user.name }), text: t("users.suspend_text"), action: t("users.suspend") })) return false;
    Object.assign(user, await put(`/api/v1/users/${user.id}`, { user: { event: shut ? "suspend" : "unsuspend" } }));
    toast(t(shut ? "users.suspended" : "users.unsuspended", { name: user.name }), shut ? { action: { label: t("action.undo"), run: () => run(suspend, user, changed) } } : {});
    return true;
}

async function reset(user) {
    try {
        await post("/api/v1/password_resets", { login: user.login_id });
        toast(t("users.reset_sent", { name: user.name }));
    } catch (error) {
        toast(error.code === "no_mail" ? t("users.no_mail") : explain(error), { kind: "bad" });
    }
    return false;
}

async function endSessions(user) {
    if (!await sure({ title: t("users.end_title", { name: user.name }), text: t("users.end_text"), action: t("users.end") })) return false;
    await del(`/api/v1/users/${user.id}/sessions`);
    toast(t("users.ended", { name: user.name }));
    return false;
}

async function remove(user, account) {
    if (!await sure({ title: t("users.delete_title", { name: user.name }), text: t("users.delete_text"), action: t("action.delete") })) return false;
    try {
        await del(`/api/v1/accounts/${account.id}/users/${user.id}`);
    } catch (error) {
        if (error.status !== 409) throw error;
        toast(t(error.code === "last_admin" ? "admins.last" : "users.delete_refused"), { kind: "bad" });
        return false;
    }
    toast(t("users.deleted", { name: user.name }));
    return true;
}

// Does a step, says what failed, and draws the list again where something is different.
async function run(step, user, changed, more) {
    try {
        if (await step(user, more ?? changed)) await changed();
    } catch (error) {
        toastError(error);
    }
}

/** The menu's items for a user. */
function items(user, changed, { isRoot, account, me }) {
    const own = user.id === me.user.id;
    return [
        { label: t("action.edit"), icon: "edit", run: () => open(user, changed, { isRoot, account, me }) },
        isRoot && { label: t("users.reset"), icon: "key", disabled: !user.login_id, run: () => run(reset, user, changed) },
        isRoot && { label: t("users.end"), icon: "sign-out", run: () => run(endSessions, user, changed) },
        "-",
        isRoot && !own && { label: t(user.workflow_state === "suspended" ? "users.unsuspend" : "users.suspend"), icon: user.workflow_state === "suspended" ? "unlock" : "lock", run: () => run(suspend, user, changed) },
        isRoot && !own && { label: t("action.delete"), icon: "trash", danger: true, run: () => run(remove, user, changed, account) },
    ];
}

/** The panel of a user: their fields, their tokens, the same steps as buttons. */
async function open(user, changed, { isRoot, account, me }) {
    const { openDialog } = await import("../base/dialog.js");
    const form = makeForm({
        submit: t("action.save"), label: user.name,
        fields: [
            { name: "name", label: t("users.name"), value: user.name, required: true, disabled: !isRoot },
            { name: "sortable_name", label: t("users.sortable_name"), value: user.sortable_name, required: true, disabled: !isRoot },
            { name: "short_name", label: t("users.short_name"), value: user.short_name, required: true, disabled: !isRoot },
            { name: "email", label: t("users.email"), type: "email", value: user.email ?? "", optional: true, disabled: !isRoot },
            { name: "sis_user_id", label: t("admin.sis_id"), value: user.sis_user_id ?? "", optional: true, disabled: !isRoot },
        ],
        foot: isRoot,
        run: async ({ sis_user_id, ...values }) => {
            await put(`/api/v1/users/${user.id}`, { user: { ...values, sis_user_id: sis_user_id || null } });
            toast(t("users.saved", { name: values.name }));
            dialog.close(true);
        },
    });
    const steps = items(user, changed, { isRoot, account, me }).filter((item) => item && item !== "-" && item.icon !== "edit");
    const courses = dataTable({
        label: t("users.courses"), perPage: 20, read: () => ({ path: `/api/v1/users/${user.id}/courses`, query: { state: ["all"] } }),
        columns: [{ label: t("courses.name"), cell: (course) => h("a", { href: `/courses/${course.id}` }, course.name) },
            { label: t("users.role"), cell: (course) => [...new Set(course.enrollments.map((one) => t(`users.role_${one.type}`)))].join(", ") }],
        empty: () => state({ sign: "book", title: t("users.no_courses") }),
    });
    const dialog = openDialog({
        title: user.name, kind: "panel", body: h("div.stack.user-panel",
            h("p.small.muted", user.login_id, user.workflow_state === "suspended" && h("span.badge.warn.user-mark", t("users.state_suspended"))),
            steps.length > 0 && h("div.row.tight.wrap", steps.map((item) => {
                const button = h("button.button.small", { type: "button", class: item.danger ? "danger" : "", onclick: () => { dialog.close(undefined); busy(button, async () => item.run()); } }, icon(item.icon, { size: 16 }), item.label);
                return button;
            })),
            form.element,
            h("section.stack.tight", h("h3", t("users.courses")), courses.element),
            isRoot && h("section.stack.tight", h("h3", t("admin.tab_tokens")), tokenTable(user))),
    });
    courses.reload();
    if (await dialog.closed) await changed();
}

/** What the list of users offers. */
export const actions = { items, open };
