// Writing an announcement or a discussion.

import { post, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { busy } from "../base/shell.js";
import { explain } from "../base/toast.js";
import { richEditor } from "../frame/editor.js";
import { apiTime, checkbox, field, textInput, timeInput } from "../frame/form.js";

/** Shows the form: for a new one without `topic`. Saving leads to what was written. */
export async function write(course, topic, { announcing, href, group }) {
    const { main, me } = course;
    const heading = t(topic ? `topics.edit_${announcing ? "announcement" : "discussion"}` : `topics.new_${announcing ? "announcement" : "discussion"}`);
    course.title({ label: topic?.title ?? heading, ...(topic ? { href: href(topic) } : {}) }, ...(topic ? [{ label: t("action.edit") }] : []));
    const title = textInput(topic?.title, { required: true });
    const editor = richEditor({ label: t("topics.text"), value: topic?.message ?? "", draft: `topic.${me.institution.id}.${me.user.id}.${course.id}.${topic?.id ?? (announcing ? "announcement" : "discussion")}` });
    const posts = timeInput(topic?.delayed_post_at);
    const ends = timeInput(topic?.lock_at);
    const published = checkbox(t("state.published"), topic ? topic.published : true);
    const first = checkbox(t("topics.require_first"), topic?.require_initial_post);
    const pinned = checkbox(t("topics.pin_it"), topic?.pinned);
    const quiet = checkbox(t("topics.no_comments"), topic?.locked ?? false);
    const message = h("div", { "aria-live": "assertive" });
    const save = h("button.button.primary", { type: "submit" }, t(topic ? "action.save" : announcing ? "topics.announce" : "topics.begin"));
    const back = topic ? href(topic) : course.href(announcing ? "/announcements" : "/discussion_topics");
    const refuse = (text) => fill(message, h("p.notice.bad", icon("alert"), h("span", text)));
    const label = () => { if (!topic && announcing) save.textContent = t(apiTime(posts.value) ? "topics.announce_later" : "topics.announce"); };
    posts.addEventListener("input", label);

    const send = () => busy(save, async () => {
        fill(message);
        title.removeAttribute("aria-invalid");
        if (title.value.trim() === "") {
            title.setAttribute("aria-invalid", "true");
            title.focus();
            return refuse(t("topics.title_missing"));
        }
        const fields = {
            title: title.value.trim(), message: editor.value, delayed_post_at: apiTime(posts.value), lock_at: apiTime(ends.value), published: announcing && !topic ? true : published.box.checked,
            ...(announcing ? { locked: quiet.box.checked } : { require_initial_post: first.box.checked, pinned: pinned.box.checked }),
            ...(topic ? {} : announcing ? { is_announcement: true } : { discussion_type: "threaded" }),
        };
        try {
            const saved = topic ? await put(course.api(`/discussion_topics/${topic.id}`), fields) : await post(course.api("/discussion_topics"), fields);
            editor.settled();
            location.assign(href(saved));
        } catch (error) {
            refuse(`${explain(error)} ${error.offline ? t("topics.kept") : ""}`);
        }
    });
    fill(main, h("div.page.narrow-page", h("form.form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
        h("h1", heading),
        field(t("topics.title"), title),
        editor.element,
        h("div.pair", field(t("topics.posts_at"), posts, t("topics.posts_hint")), field(t("topics.ends_at"), ends, t("topics.ends_hint"))),
        h("div.stack.tight", (topic || !announcing) && published.element, announcing ? quiet.element : [pinned.element, first.element]),
        message,
        h("div.foot", save, h("a.button", { href: back }, t("action.cancel")), h("span.small.faint.only-keys", t("topics.send_hint"))))));
    main.removeAttribute("aria-busy");
    register({ key: "Ctrl+Enter", label: t("action.save"), group, inFields: true, run: send });
    title.focus();
}
