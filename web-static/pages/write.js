// Writing a page: title, text, who may write it, and a question when somebody else was quicker.

import { get, put } from "../base/api.js";
import { fill, h, uid } from "../base/dom.js";
import { confirm } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { relative, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { busy, state } from "../base/shell.js";
import { explain } from "../base/toast.js";
import { richEditor } from "../frame/editor.js";
import { checkbox, field, select, textInput } from "../frame/form.js";

/** Shows the form for a page; saving leads to the page. */
export async function write(course, url, { path, mayWrite }) {
    const { main, staff } = course;
    const address = course.api(`/pages/${encodeURIComponent(url)}`);
    const page = await get(address);
    course.title({ label: page.title, href: path(page) }, { label: t("action.edit") });
    if (!mayWrite(page)) {
        fill(main, h("div.page", h("h1", page.title), h("div.card", state({ sign: "lock", title: t("error.forbidden"), actions: [h("a.button", { href: path(page) }, icon("arrow-left"), t("pages.back"))] }))));
        main.removeAttribute("aria-busy");
        return;
    }
    const form = uid("page");
    const title = textInput(page.title, { required: true });
    const editor = richEditor({ label: t("pages.text"), value: page.body ?? "", draft: `page.${course.me.institution.id}.${course.me.user.id}.${course.id}.${page.id}` });
    const roles = select(["teachers", "teachers,students"].map((id) => [id, t(`pages.roles_${id.replace(",", "_")}`)]), page.editing_roles.includes("students") || page.editing_roles.includes("public") ? "teachers,students" : "teachers");
    const published = checkbox(t("state.published"), page.published);
    const message = h("div", { "aria-live": "assertive" });
    const save = h("button.button.primary", { type: "submit" }, t("action.save"));
    const refuse = (text) => fill(message, h("p.notice.bad", icon("alert"), h("span", text)));

    const send = () => busy(save, async () => {
        fill(message);
        title.removeAttribute("aria-invalid");
        if (title.value.trim() === "") {
            title.setAttribute("aria-invalid", "true");
            title.focus();
            return refuse(t("pages.title_missing"));
        }
        try {
            const now = await get(address);
            if (now.body !== page.body && !await confirm({
                title: t("pages.changed_meanwhile"), action: t("pages.save_anyway"), danger: true,
                text: t("pages.changed_meanwhile_text", { name: now.last_edited_by?.display_name ?? "", when: relative(now.updated_at) }),
            })) return;
            const saved = await put(address, { wiki_page: { body: editor.value, ...(staff ? { title: title.value.trim(), editing_roles: roles.value, ...(page.front_page ? {} : { published: published.box.checked }) } : {}) } });
            editor.settled();
            location.assign(path(saved));
        } catch (error) {
            refuse(`${explain(error)} ${error.offline ? t("pages.kept") : ""}`);
        }
    });
    fill(main, h("div.page", h("form.form", { id: form, novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
        h("h1.visually-hidden", t("pages.edit_title", { title: page.title })),
        staff ? field(t("pages.title"), title) : h("h2", page.title),
        editor.element,
        staff && h("div.row.wrap.write-options", !page.front_page && published.element, field(t("pages.who_writes"), roles)),
        message,
        h("div.foot", save, h("a.button", { href: path(page) }, t("action.cancel")), h("span.small.faint.only-keys", t("pages.save_hint"))))));
    main.removeAttribute("aria-busy");
    register({ key: "Ctrl+Enter", label: t("action.save"), group: t("part.pages"), inFields: true, run: send });
    register({ key: "Ctrl+s", label: t("action.save"), group: t("part.pages"), inFields: true, hidden: true, run: send });
    editor.focus();
}
