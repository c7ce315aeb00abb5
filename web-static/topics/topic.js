// One announcement or discussion: its text, what is said about it as threads, and saying something.

import { del, getPage, post, put } from "../base/api.js";
import { fill, h, keepFocus, uid } from "../base/dom.js";
import { confirm } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { dateTime, relative, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { later } from "../base/later.js";
import { avatar, busy, problem, state } from "../base/shell.js";
import { explain, toastError, undoable } from "../base/toast.js";
import { prose } from "../frame/prose.js";
import { skeletonRows } from "../frame/list.js";
import { sequenceBar, sequenceKeys } from "../frame/sequence.js";
import { merged, thread, topicState } from "./threads.js";

const PAGE = 25;
const DEEPEST = 4;
const SEEN_MS = 1200;
const editing = later(() => import("../frame/editor.js"));

/** Shows a topic; `marks` and `menu` are the list's. */
export async function topicView(course, topic, { href, group, marks, menu }) {
    const { main, me, staff } = course;
    const base = course.api(`/discussion_topics/${topic.id}`);
    course.title({ label: topic.title });
    let entries = [];              // at the top, newest first as the server gives them
    const below = new Map();       // id of the top → what stands under it
    const more = new Set();        // tops with further replies to read
    const gone = new Set();
    let next = null;
    let open = null;               // where something is being written: { parent, top, entry }
    let editor = null;
    const unread = new Set();

    const place = h("div.entries");
    const count = h("span.small.muted", { role: "status" });
    const readAll = h("button.button.small", { type: "button", hidden: true, onclick: () => busy(readAll, markAll) }, icon("check", { size: 16 }), t("topics.mark_all"));
    const nextUnread = h("button.button.small", { type: "button", hidden: true, onclick: () => toUnread() }, icon("arrow-down", { size: 16 }), t("topics.next_unread"));
    const mayReply = topic.permissions.reply && !topic.locked_for_user;

    fill(main, h("div.page.narrow-page",
        h("article.topic",
            h("div.page-head", h("h1", topic.title),
                topic.permissions.update && h("div.actions", h("a.button", { href: `${href(topic)}/edit` }, icon("edit", { size: 16 }), t("action.edit")),
                    menu(topic, () => location.reload(), async () => {
                        if (!await confirm({ title: t("topics.remove_title", { title: topic.title }), text: t("topics.remove_text"), action: t("action.delete"), danger: true })) return;
                        del(base).then(() => location.assign(course.href(topic.is_announcement ? "/announcements" : "/discussion_topics")), (error) => toastError(error));
                    }))),
            h("div.byline", avatar(topic.author?.display_name ?? topic.user_name ?? "?"), h("div", h("p.strong", topic.author?.display_name ?? topic.user_name),
                h("p.small.muted.row.tight.wrap", h("time", { datetime: topic.posted_at ?? topic.created_at, title: dateTime(topic.posted_at ?? topic.created_at) }, relative(topic.posted_at ?? topic.created_at)), marks(topic)))),
            topic.message === undefined && topic.locked_for_user
                ? h("p.notice", icon("lock"), h("span", text(topic.lock_explanation) || t("topics.locked_text")))
                : topic.message ? prose(topic.message) : null),
        h("section.replies", { "aria-labelledby": "replies-title" },
            h("div.section-title", h("h2", { id: "replies-title" }, t("topics.answers")), h("div.row.tight.wrap", count, nextUnread, readAll)),
            mayReply ? h("div#reply-top", replyButton()) : h("p.small.muted.closed-note", topicState(topic, Date.now()) === "closed" ? t("topics.closed_text") : t("topics.no_reply")),
            place),
        sequenceBar(course, { type: "Discussion", id: topic.id })));
    main.removeAttribute("aria-busy");
    fill(place, skeletonRows(3));
    if (topic.read_state === "unread") put(`${base}/read`, {}).catch(() => {});
    sequenceKeys(group);
    register({ key: "r", label: t("action.reply"), group, when: () => mayReply, run: () => write({ parent: null, top: null }) });
    register({ key: "n", label: t("topics.next_unread"), group, run: () => toUnread() });
    let observer = null;
    const timers = new Map();
    let marking = Promise.resolve();
    await load();

    // --- Reading ----------------------------------------------------------------------------------------------

    async function load() {
        // What modules keep back, and what one must have spoken for first, is not asked for.
        if (topic.locked_for_user && topic.message === undefined) return fill(place);
        if (!topic.user_can_see_posts) return fill(place, h("div.card", state({ sign: "eye-off", title: t("topics.first_reply"), text: t("topics.first_reply_text") })));
        try {
            const page = await getPage(`${base}/entries`, { query: { per_page: PAGE } });
            entries = [];
            take(page);
            draw();
        } catch (error) {
            fill(place, problem(error, load));
        }
    }

    function take(page) {
        entries = merged(entries, page.items).sort((a, b) => b.id - a.id);
        next = page.next;
        for (const entry of page.items) {
            below.set(entry.id, merged(below.get(entry.id) ?? [], entry.recent_replies ?? []));
            if (entry.has_more_replies) more.add(entry.id);
            for (const one of [entry, ...entry.recent_replies ?? []]) if (one.read_state === "unread") unread.add(one.id);
        }
    }

    // --- Drawing ----------------------------------------------------------------------------------------------

    function draw() {
        keepFocus(place, () => fill(place,
            entries.length === 0 && !open ? h("div.card", state({ sign: "chat", title: t("topics.silent"), text: mayReply ? t("topics.silent_text") : null }))
                : h("ol.thread-list", { role: "list" }, entries.map((entry) => node(thread(entry, below.get(entry.id) ?? []), entry, 0))),
            next && h("div.items-foot", h("button.button", { type: "button", dataset: { key: "older" }, onclick: (event) => busy(event.currentTarget, older) }, icon("chevron-down", { size: 16 }), t("topics.older")))));
        stand();
        watch();
    }

    function stand() {
        count.textContent = unread.size > 0 ? t("topics.unread_n", { n: unread.size }) : "";
        readAll.hidden = nextUnread.hidden = unread.size === 0;
    }

    async function older() {
        try {
            take(await getPage(next));
            draw();
        } catch (error) {
            toastError(error, older);
        }
    }

    async function allReplies(top) {
        try {
            let path = `${base}/entries/${top.id}/replies`;
            let query = { per_page: 100 };
            for (let pages = 0; path && pages < 20; pages += 1) {
                const page = await getPage(path, { query });
                below.set(top.id, merged(below.get(top.id) ?? [], page.items));
                for (const one of page.items) if (one.read_state === "unread") unread.add(one.id);
                path = page.next;
                query = {};
            }
            more.delete(top.id);
            draw();
        } catch (error) {
            toastError(error, () => allReplies(top));
        }
    }

    function node(branch, top, depth) {
        const { entry } = branch;
        const mine = entry.user_id === me.user.id;
        const name = entry.user_name ?? "?";
        const isUnread = unread.has(entry.id);
        const removed = entry.deleted || gone.has(entry.id);
        if (removed && branch.children.length === 0) return null;
        const here = open && open.entry?.id === entry.id;
        const row = removed
            ? h("div.entry.removed", h("p.small.faint", t("topics.entry_gone")))
            : h("div.entry", { class: isUnread ? "unread" : "", dataset: { entry: entry.id }, tabindex: "-1", id: `entry-${entry.id}` },
                h("div.entry-head", isUnread && h("span.unread-dot", { role: "img", "aria-label": t("topics.unread") }), avatar(name), h("span.strong.truncate", name),
                    h("time.small.faint", { datetime: entry.created_at, title: dateTime(entry.created_at) }, relative(entry.created_at)),
                    entry.editor_id && h("span.small.faint", t("topics.edited"))),
                here && open.change ? editor?.element : prose(entry.message),
                !(here && open.change) && h("div.entry-actions",
                    mayReply && h("button.button.ghost.small", { type: "button", "aria-label": t("topics.reply_to", { name }), dataset: { key: `r${entry.id}` }, onclick: () => write({ parent: entry, top, entry }) }, icon("reply", { size: 15 }), t("action.reply")),
                    ((mine && mayReply) || staff) && h("button.button.ghost.small", { type: "button", "aria-label": t("topics.edit_of", { name }), dataset: { key: `e${entry.id}` }, onclick: () => write({ change: true, top, entry }) }, t("action.edit")),
                    ((mine && mayReply) || staff) && h("button.button.ghost.small", { type: "button", "aria-label": t("topics.delete_of", { name }), dataset: { key: `d${entry.id}` }, onclick: () => remove(entry) }, t("action.delete"))));
        return h("li.thread", row,
            here && !open.change && editor?.element,
            branch.children.length > 0 && h("ol", { role: "list", class: depth < DEEPEST ? "deeper" : "" }, branch.children.map((child) => node(child, top, depth + 1))),
            depth === 0 && more.has(entry.id) && h("button.button.ghost.small.more-replies", { type: "button", dataset: { key: `more${entry.id}` }, onclick: (event) => busy(event.currentTarget, () => allReplies(entry)) }, icon("chevron-down", { size: 15 }), t("topics.more_replies")));
    }

    // --- What has been seen counts as read ----------------------------------------------------------------------

    function watch() {
        observer?.disconnect();
        observer = new IntersectionObserver((changes) => {
            for (const { target, isIntersecting } of changes) {
                const id = Number(target.dataset.entry);
                clearTimeout(timers.get(id));
                if (isIntersecting) timers.set(id, setTimeout(() => seen(id, target), SEEN_MS));
            }
        }, { threshold: 0.6 });
        for (const element of place.querySelectorAll(".entry.unread")) observer.observe(element);
    }
    function seen(id, element) {
        if (!unread.delete(id) || document.hidden) return;
        observer.unobserve(element);
        stand();
        marking = marking.then(() => put(`${base}/entries/${id}/read`, {})).catch(() => { unread.add(id); });
    }
    async function markAll() {
        try {
            await put(`${base}/read_all`, {});
            unread.clear();
            draw();
        } catch (error) {
            toastError(error, markAll);
        }
    }
    function toUnread() {
        const all = [...place.querySelectorAll(".entry.unread")].filter((element) => unread.has(Number(element.dataset.entry)));
        const after = all.find((element) => element.getBoundingClientRect().top > 130 && element !== document.activeElement) ?? all[0];
        after?.focus({ preventScroll: true });
        after?.scrollIntoView({ block: "center" });
    }

    // --- Saying something -------------------------------------------------------------------------------------

    function replyButton() {
        return h("button.button", { type: "button", dataset: { key: "reply" }, onclick: () => write({ parent: null, top: null }) }, icon("reply", { size: 16 }), t("topics.reply"));
    }

    function write(wish) {
        return editing.use(({ richEditor }) => {
            close();
            open = wish;
            const changed = wish.change ? wish.entry : null;
            const label = changed ? t("topics.your_change") : t("topics.your_reply");
            const text = richEditor({ label, small: true, value: changed?.message ?? "", draft: `entry.${me.institution.id}.${me.user.id}.${topic.id}.${changed ? `e${changed.id}` : wish.parent?.id ?? "top"}` });
            const message = h("div", { "aria-live": "assertive" });
            const send = h("button.button.primary", { type: "submit" }, icon("send", { size: 16 }), t(changed ? "action.save" : "topics.send"));
            const id = uid("reply");
            const go = () => busy(send, async () => {
                fill(message);
                if (text.empty) {
                    fill(message, h("p.notice.bad", icon("alert"), h("span", t("topics.say_something"))));
                    text.focus();
                    return;
                }
                try {
                    await settle(wish, text.value);
                    text.settled();
                    close();
                    draw();
                } catch (error) {
                    fill(message, h("p.notice.bad", icon("alert"), h("span", explain(error), " ", error.offline ? t("topics.kept") : "")));
                }
            });
            const form = h("form.reply-form", { id, novalidate: true, onsubmit: (event) => { event.preventDefault(); go(); }, onkeydown: (event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); go(); }
                if (event.key === "Escape") { event.stopPropagation(); close(true); }
            } }, text.element, message, h("div.row.tight.wrap", send, h("button.button", { type: "button", onclick: () => close(true) }, t("action.cancel")), h("span.small.faint.only-keys", t("topics.send_hint"))));
            editor = { element: form };
            if (!wish.entry) fill(document.getElementById("reply-top"), form);
            else draw();
            text.focus();
            form.scrollIntoView({ block: "nearest" });
        });
    }

    function close(back = false) {
        const was = open;
        open = null;
        editor = null;
        const top = document.getElementById("reply-top");
        if (top) fill(top, replyButton());
        if (!was) return;
        if (was.entry) draw();
        if (back) document.querySelector(`[data-key="${was.entry ? (was.change ? "e" : "r") + was.entry.id : "reply"}"]`)?.focus();
    }

    async function settle(wish, message) {
        if (wish.change) {
            const changed = await put(`${base}/entries/${wish.entry.id}`, { message });
            replace(wish.entry.id, (old) => ({ ...old, message: changed.message, editor_id: changed.editor_id ?? me.user.id }));
            return;
        }
        const made = await post(wish.parent ? `${base}/entries/${wish.parent.id}/replies` : `${base}/entries`, { message });
        const full = { ...made, user_name: made.user_name ?? me.user.name };
        if (wish.parent) {
            below.set(wish.top.id, merged(below.get(wish.top.id) ?? [], [full]));
        } else if (!topic.user_can_see_posts) {
            // What the others said is shown from now on.
            topic.user_can_see_posts = true;
            await load();
        } else {
            entries = [full, ...entries];
            below.set(full.id, []);
        }
    }

    function replace(id, change) {
        entries = entries.map((entry) => (entry.id === id ? change(entry) : entry));
        for (const [top, replies] of below) below.set(top, replies.map((entry) => (entry.id === id ? change(entry) : entry)));
    }

    function remove(entry) {
        gone.add(entry.id);
        draw();
        undoable(t("topics.entry_removed"), {
            undo: () => { gone.delete(entry.id); draw(); },
            commit: () => del(`${base}/entries/${entry.id}`).then(() => {
                replace(entry.id, (old) => ({ ...old, deleted: true }));
                gone.delete(entry.id);
                draw();
            }, (error) => { gone.delete(entry.id); draw(); toastError(error); }),
        });
    }
}

const text = (html) => new DOMParser().parseFromString(html ?? "", "text/html").body.textContent.trim();
