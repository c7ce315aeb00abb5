// The pages of a course: the list, one page to read, to write, and what it said before.

import { del, get, post, put } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { confirm } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { add, date, dateTime, relative, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { later } from "../base/later.js";
import { attachMenu } from "../base/menu.js";
import { busy, problem, state } from "../base/shell.js";
import { toast, toastError, undoable } from "../base/toast.js";
import { startCourse } from "../frame/course.js";
import { field, openForm, refusal, select, textInput } from "../frame/form.js";
import { pagedList, rowKeys } from "../frame/list.js";
import { prose } from "../frame/prose.js";
import { sequenceBar, sequenceKeys } from "../frame/sequence.js";
import english from "./lang/en.js";

await add({ en: english, de: () => import("./lang/de.js") });
const course = await startCourse({ area: "pages" });
const { main, staff } = course;
const writing = later(() => import("./write.js"));

const [, url = null, what = null] = /^\/courses\/\d+\/pages(?:\/([^/]+)(?:\/(edit|revisions))?)?$/.exec(location.pathname) ?? [];
const group = t("part.pages");
const path = (page) => course.href(`/pages/${encodeURIComponent(page.url)}`);
const done = () => main.removeAttribute("aria-busy");

const mayWrite = (page) => staff || (page.editing_roles.split(",").some((role) => ["students", "members", "public"].includes(role)) && !page.locked_for_user
    && (course.course.enrollments ?? []).some((enrollment) => enrollment.type === "student"));

const badges = (page) => [
    page.front_page && h("span.badge.accent", icon("flag", { size: 13 }), t("pages.front")),
    staff && !page.published && h("span.badge.warn", t("state.unpublished")),
];

// --- The list -------------------------------------------------------------------------------------------------

function list() {
    const gone = new Set();
    const view = { search: "", sort: "title" };
    const rows = pagedList({
        path: course.api("/pages"), query: { sort: "title" }, label: group, filter: (page) => !gone.has(page.id),
        row: (page) => h("li.item",
            icon("text", { size: 16 }),
            h("div.grow", h("h2", h("a", { href: path(page), dataset: { row: "" } }, page.title)),
                h("p.meta", t("pages.changed", { when: relative(page.updated_at) }), page.last_edited_by?.display_name && h("span", page.last_edited_by.display_name), badges(page))),
            h("div.actions", staff && menu(page, () => rows.load(view.query()), (removed) => {
                gone.add(page.id);
                rows.redraw();
                undoable(t("pages.removed", { title: page.title }), {
                    undo: () => { gone.delete(page.id); rows.redraw(); },
                    commit: () => removed().catch((error) => { gone.delete(page.id); rows.redraw(); toastError(error); }),
                });
            }))),
        empty: () => h("div.card", view.search ? state({ sign: "search", title: t("pages.none_found"), text: t("pages.none_found_text", { text: view.search }) })
            : state({ sign: "text", title: t("pages.none"), text: t(staff ? "pages.none_staff" : "pages.none_student"),
                actions: staff ? [h("button.button.primary", { type: "button", onclick: create }, icon("plus"), t("pages.new"))] : [] })),
    });
    view.query = () => ({ sort: view.sort, order: view.sort === "title" ? "asc" : "desc", search_term: view.search || undefined });
    const search = debounce(() => rows.load(view.query()), 150);
    fill(main, h("div.page",
        h("div.page-head", h("h1", t("part.pages")), staff && h("div.actions", h("button.button.primary", { type: "button", onclick: create }, icon("plus"), t("pages.new")))),
        h("div.tools",
            h("div.input-group", icon("search"), h("input.input", { type: "search", "aria-label": t("pages.search"), placeholder: t("pages.search"), oninput: (event) => { view.search = event.target.value.trim(); search(); } })),
            select([["title", t("pages.by_title")], ["updated_at", t("pages.by_change")]], "title", { "aria-label": t("pages.sort"), onchange: (event) => { view.sort = event.target.value; rows.load(view.query()); } })),
        rows.element));
    done();
    rowKeys(main, group);
    register({ key: "c", label: t("pages.new"), group, when: () => staff, run: create });
    return rows.load();
}

async function create() {
    const title = textInput("", { autofocus: true, required: true });
    const page = await openForm({
        title: t("pages.new"), submit: t("action.create"), fields: { title }, body: field(t("pages.title"), title),
        send: () => {
            if (title.value.trim() === "") throw refusal("title", t("pages.title_missing"));
            return post(course.api("/pages"), { wiki_page: { title: title.value.trim(), published: false } });
        },
    });
    if (page?.url) location.assign(`${path(page)}/edit`);
}

// What staff do with a page; `changed()` after a change, `remove(commit)` takes it away with a way back.
function menu(page, changed, remove) {
    const change = (fields, said) => async () => {
        try {
            await put(course.api(`/pages/${encodeURIComponent(page.url)}`), { wiki_page: fields });
            if (said) toast(said);
            await changed();
        } catch (error) {
            toastError(error);
        }
    };
    // The front page is shown where the course begins with it.
    const front = async () => {
        await change({ front_page: true, published: true }, t("pages.is_front", { title: page.title }))();
        await put(course.api(), { course: { default_view: "wiki" } }).catch((error) => toastError(error));
    };
    const noFront = async () => {
        await put(course.api(), { course: { default_view: "modules" } }).catch((error) => toastError(error));
        await change({ front_page: false })();
    };
    const button = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("pages.more", { title: page.title }) }, icon("dots", { size: 16 }));
    return h("div", attachMenu(button, () => [
        { label: t("action.edit"), icon: "edit", href: `${path(page)}/edit` },
        { label: t("pages.revisions"), icon: "clock", href: `${path(page)}/revisions` },
        "-",
        page.published ? { label: t("action.unpublish"), icon: "eye-off", disabled: page.front_page, run: change({ published: false }) } : { label: t("action.publish"), icon: "eye", run: change({ published: true }) },
        page.front_page ? { label: t("pages.no_front"), icon: "flag", run: noFront } : { label: t("pages.make_front"), icon: "flag", run: front },
        "-",
        { label: t("action.delete"), icon: "trash", danger: true, disabled: page.front_page, run: () => remove(() => del(course.api(`/pages/${encodeURIComponent(page.url)}`))) },
    ]));
}

// --- One page -------------------------------------------------------------------------------------------------

async function read() {
    const page = await get(course.api(`/pages/${encodeURIComponent(url)}`));
    course.title({ label: page.title });
    const empty = !page.body || page.body.trim() === "";
    fill(main, h("div.page",
        h("div.page-head", h("div", h("h1", page.title), h("p.small.muted.row.tight.wrap", t("pages.changed_by", { when: date(page.updated_at), name: page.last_edited_by?.display_name ?? "" }), badges(page))),
            mayWrite(page) && h("div.actions",
                h("a.button", { href: `${path(page)}/edit` }, icon("edit", { size: 16 }), t("action.edit")),
                staff ? menu(page, () => location.reload(), async (commit) => {
                    if (!await confirm({ title: t("pages.remove_title", { title: page.title }), text: t("pages.remove_text"), action: t("action.delete"), danger: true })) return;
                    commit().then(() => location.assign(course.href("/pages")), (error) => toastError(error));
                }) : h("a.button.ghost", { href: `${path(page)}/revisions` }, icon("clock", { size: 16 }), t("pages.revisions")))),
        page.locked_for_user
            ? h("div.card", state({ sign: "lock", title: t("pages.locked"), text: plain(page.lock_explanation) || t("pages.locked_text"), actions: [h("a.button", { href: course.href("/modules") }, t("pages.to_modules"))] }))
            : empty ? h("div.card", state({ sign: "text", title: t("pages.empty"), actions: mayWrite(page) ? [h("a.button.primary", { href: `${path(page)}/edit` }, icon("edit", { size: 16 }), t("pages.write"))] : [] }))
                : h("article.card.pad.page-text", { "aria-label": page.title }, prose(page.body)),
        sequenceBar(course, { type: "Page", id: page.url })));
    done();
    sequenceKeys(group);
    register({ key: "e", label: t("action.edit"), group, when: () => mayWrite(page), run: () => location.assign(`${path(page)}/edit`) });
}

const plain = (html) => new DOMParser().parseFromString(html ?? "", "text/html").body.textContent.trim();

// --- What it said before --------------------------------------------------------------------------------------

async function revisions() {
    const page = await get(course.api(`/pages/${encodeURIComponent(url)}`));
    course.title({ label: page.title, href: path(page) }, { label: t("pages.revisions") });
    const preview = h("div.revision-text", { "aria-live": "polite" }, h("p.muted", t("pages.choose_revision")));
    const show = async (revision, button) => {
        for (const other of rows.element.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
        button.setAttribute("aria-current", "true");
        fill(preview, h("div.skeleton.line.w60"));
        try {
            const full = await get(course.api(`/pages/${encodeURIComponent(url)}/revisions/${revision.revision_id}`));
            const restore = h("button.button.primary", { type: "button", onclick: () => busy(restore, async () => {
                try {
                    await post(course.api(`/pages/${encodeURIComponent(url)}/revisions/${revision.revision_id}`), {});
                    location.assign(path({ url: full.url ?? url }));
                } catch (error) {
                    toastError(error);
                }
            }) }, icon("undo", { size: 16 }), t("pages.restore"));
            fill(preview, h("div.row.spread.wrap", h("h2", full.title ?? page.title), !revision.latest && restore), h("article.card.pad", prose(full.body)));
        } catch (error) {
            fill(preview, problem(error, () => show(revision, button)));
        }
    };
    const rows = pagedList({
        path: course.api(`/pages/${encodeURIComponent(url)}/revisions`), label: t("pages.revisions"),
        row: (revision) => h("li.item", h("button.revision", { type: "button", dataset: { row: "" }, onclick: (event) => show(revision, event.currentTarget) },
            h("span.strong", dateTime(revision.updated_at)), h("span.small.muted", revision.edited_by?.display_name ?? "", revision.latest && h("span.badge", t("pages.latest"))))),
        empty: () => h("div.card", state({ sign: "clock", title: t("pages.no_revisions") })),
    });
    fill(main, h("div.page", h("div.page-head", h("h1", t("pages.revisions_of", { title: page.title })), h("a.button", { href: path(page) }, icon("arrow-left", { size: 16 }), t("pages.back"))),
        h("div.revisions", rows.element, preview)));
    done();
    rowKeys(main, group);
    await rows.load();
}

// --- Begin ----------------------------------------------------------------------------------------------------

async function start() {
    try {
        if (url === null) await list();
        else if (what === "edit") await writing.use((part) => part.write(course, decodeURIComponent(url), { path, mayWrite }).catch(failed));
        else if (what === "revisions") await revisions();
        else await read();
    } catch (error) {
        failed(error);
    }
}

function failed(error) {
    const missing = error.status === 404;
    fill(main, h("div.page", h("h1.visually-hidden", group), missing ? h("div", { role: "alert" }, state({ sign: "search", title: t("pages.missing"), text: t("state.missing_text"), actions: [h("a.button", { href: course.href("/pages") }, icon("arrow-left"), t("pages.all"))] })) : problem(error, start)));
    done();
}

await start();
