// Announcements and discussions of a course: the lists, and one of them with what is said.

import { del, get, put } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, dateTime, relative, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { later } from "../base/later.js";
import { attachMenu } from "../base/menu.js";
import { avatar, busy, problem, state } from "../base/shell.js";
import { toast, toastError, undoable } from "../base/toast.js";
import { startCourse } from "../frame/course.js";
import { pagedList, rowKeys } from "../frame/list.js";
import { excerpt } from "../frame/prose.js";
import { topicView } from "./topic.js";
import { topicState } from "./threads.js";
import english from "./lang/en.js";

await add({ en: english, de: () => import("./lang/de.js") });
const announcing = /^\/courses\/\d+\/announcements(?:\/|$)/.test(location.pathname) || new URLSearchParams(location.search).has("is_announcement");
const course = await startCourse({ area: announcing ? "announcements" : "discussions" });
const { main, staff } = course;
const writing = later(() => import("./write.js"));

const [, id = null, what = null] = /^\/courses\/\d+\/(?:announcements|discussion_topics)(?:\/([^/]+)(?:\/(edit))?)?$/.exec(location.pathname) ?? [];
const kind = announcing ? "announcement" : "discussion";
const group = t(announcing ? "part.announcements" : "part.discussions");
const href = (topic) => course.href(`/${topic.is_announcement ? "announcements" : "discussion_topics"}/${topic.id}`);
const api = (topic) => course.api(`/discussion_topics/${topic.id}`);
const done = () => main.removeAttribute("aria-busy");
const mayAdd = () => staff;

// --- The list -------------------------------------------------------------------------------------------------

function marks(topic) {
    const now = topicState(topic, Date.now());
    return [
        topic.pinned && h("span.badge", icon("pin", { size: 13 }), t("topics.pinned")),
        now === "draft" && h("span.badge.warn", t("state.unpublished")),
        now === "waiting" && h("span.badge.warn", icon("clock", { size: 13 }), t("topics.waiting", { when: dateTime(topic.delayed_post_at) })),
        now === "closed" && h("span.badge", icon("lock", { size: 13 }), t("topics.closed")),
        topic.locked_for_user && now === "open" && h("span.badge", icon("lock", { size: 13 }), t("topics.locked")),
    ];
}

function list() {
    const gone = new Set();
    const view = { search: "", unread: false };
    const query = () => ({ search_term: view.search || undefined, filter_by: view.unread ? "unread" : undefined, only_announcements: announcing || undefined, order_by: announcing ? undefined : "recent_activity" });
    const markAll = h("button.button", { type: "button", hidden: true, onclick: () => busy(markAll, async () => {
        try {
            for (const topic of rows.items.filter((item) => item.read_state === "unread" || item.unread_count > 0)) await put(`${api(topic)}/read_all`, {});
            await rows.load(query());
        } catch (error) {
            toastError(error);
        }
    }) }, icon("check", { size: 16 }), t("topics.mark_all"));
    const rows = pagedList({
        path: course.api("/discussion_topics"), query: query(), label: group, filter: (topic) => !gone.has(topic.id), per: 30,
        onload: (items) => {
            items.sort((a, b) => Number(b.pinned) - Number(a.pinned));
            markAll.hidden = !items.some((item) => item.read_state === "unread" || item.unread_count > 0);
        },
        row: (topic) => {
            const news = topic.read_state === "unread" || topic.unread_count > 0;
            return h("li.item.topic-row", { class: news ? "unread" : "" },
                news ? h("span.unread-dot", { role: "img", "aria-label": t("topics.unread") }) : h("span.read-dot"),
                avatar(topic.author?.display_name ?? topic.user_name ?? "?"),
                h("div.grow", h("h2", h("a", { href: href(topic), dataset: { row: "" } }, topic.title)),
                    topic.message && h("p.small.muted.truncate", excerpt(topic.message)),
                    h("p.meta", h("span", topic.author?.display_name ?? topic.user_name), h("span", relative(topic.last_reply_at && !announcing ? topic.last_reply_at : topic.posted_at ?? topic.created_at)),
                        topic.discussion_subentry_count > 0 && h("span", t("topics.replies", { n: topic.discussion_subentry_count })), marks(topic))),
                h("div.actions",
                    topic.unread_count > 0 && h("span.badge.solid", { "aria-label": t("topics.unread_n", { n: topic.unread_count }), role: "img" }, String(topic.unread_count)),
                    topic.permissions?.update && menu(topic, () => rows.load(query()), () => {
                        gone.add(topic.id);
                        rows.redraw();
                        undoable(t("topics.removed", { title: topic.title }), {
                            undo: () => { gone.delete(topic.id); rows.redraw(); },
                            commit: () => del(api(topic)).catch((error) => { gone.delete(topic.id); rows.redraw(); toastError(error); }),
                        });
                    })));
        },
        empty: () => h("div.card", view.search || view.unread
            ? state({ sign: "search", title: t(view.unread ? "topics.all_read" : "topics.none_found"), text: view.search ? t("topics.none_found_text", { text: view.search }) : null })
            : state({ sign: announcing ? "announce" : "chat", title: t(`topics.none_${kind}`), text: t(`topics.none_${kind}_${staff ? "staff" : "student"}`),
                actions: mayAdd() ? [newLink()] : [] })),
    });
    const search = debounce(() => rows.load(query()), 150);
    const unread = h("button.button", { type: "button", "aria-pressed": "false", onclick: () => {
        view.unread = !view.unread;
        unread.setAttribute("aria-pressed", String(view.unread));
        rows.load(query());
    } }, t("topics.only_unread"));
    fill(main, h("div.page",
        h("div.page-head", h("h1", group), mayAdd() && h("div.actions", newLink())),
        h("div.tools", h("div.input-group", icon("search"), h("input.input", { type: "search", "aria-label": t("topics.search"), placeholder: t("topics.search"), oninput: (event) => { view.search = event.target.value.trim(); search(); } })),
            unread, markAll),
        rows.element));
    done();
    rowKeys(main, group);
    register({ key: "c", label: t(`topics.new_${kind}`), group, when: mayAdd, run: () => location.assign(newPath()) });
    register({ key: "u", label: t("topics.only_unread"), group, run: () => unread.click() });
    return rows.load();
}

const newPath = () => course.href(announcing ? "/announcements/new" : "/discussion_topics/new");
const newLink = () => h("a.button.primary", { href: newPath() }, icon("plus"), t(`topics.new_${kind}`));

function menu(topic, changed, remove) {
    const change = (fields, said = null) => async () => {
        try {
            await put(api(topic), fields);
            if (said) toast(said);
            await changed();
        } catch (error) {
            toastError(error);
        }
    };
    const button = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("topics.more", { title: topic.title }) }, icon("dots", { size: 16 }));
    return h("div", attachMenu(button, () => [
        { label: t("action.edit"), icon: "edit", href: `${href(topic)}/edit` },
        "-",
        topic.published ? { label: t("action.unpublish"), icon: "eye-off", run: change({ published: false }) } : { label: t("action.publish"), icon: "eye", run: change({ published: true }) },
        topic.locked ? { label: t("topics.reopen"), icon: "unlock", run: change({ locked: false }) } : { label: t("topics.close"), icon: "lock", run: change({ locked: true }) },
        !topic.is_announcement && (topic.pinned ? { label: t("topics.unpin"), icon: "pin", run: change({ pinned: false }) } : { label: t("topics.pin"), icon: "pin", run: change({ pinned: true }) }),
        "-",
        topic.permissions.delete && { label: t("action.delete"), icon: "trash", danger: true, run: remove },
    ]));
}

// --- Begin ----------------------------------------------------------------------------------------------------

async function start() {
    try {
        if (id === null) return await list();
        if (id === "new") {
            if (!mayAdd()) throw Object.assign(new Error("staff only"), { status: 403 });
            return await writing.use((part) => part.write(course, null, { announcing, href, group }));
        }
        if (!/^[1-9]\d*$/.test(id)) throw Object.assign(new Error("no such topic"), { status: 404 });
        const topic = await get(course.api(`/discussion_topics/${id}`));
        if (topic.is_announcement !== announcing) {
            // A link to a discussion may lead to an announcement; its own address has the right part.
            return location.replace(href(topic) + (what ? `/${what}` : "") + location.search);
        }
        if (what === "edit") {
            if (!topic.permissions.update) throw Object.assign(new Error("staff only"), { status: 403 });
            return await writing.use((part) => part.write(course, topic, { announcing, href, group }));
        }
        await topicView(course, topic, { href, group, marks, menu });
    } catch (error) {
        const missing = error.status === 404;
        fill(main, h("div.page", h("h1.visually-hidden", group), missing
            ? h("div", { role: "alert" }, state({ sign: "search", title: t("topics.missing"), text: t("state.missing_text"), actions: [h("a.button", { href: course.href(announcing ? "/announcements" : "/discussion_topics") }, icon("arrow-left"), group)] }))
            : problem(error, error.status === 403 ? null : start)));
        done();
    }
}

await start();
