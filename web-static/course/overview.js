// What a course begins with beside its classes: the front page or the modules with what is next, and the latest news.

import { get, getAll } from "../base/api.js";
import { h, uid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { relative, t } from "../base/i18n.js";
import { isStaff } from "../base/session.js";
import { itemPath, lockReason, progress } from "../frame/items.js";
import { excerpt, prose } from "../frame/prose.js";

const NEWS = 3;
const MODULES = 8;

/** Reads what `news` and `beginning` draw from: `{ front, modules, news }`. What cannot be read is left out. */
export async function readOverview(course) {
    const base = `/api/v1/courses/${course.id}`;
    const [first, news] = await Promise.allSettled([
        course.default_view === "wiki" ? get(`${base}/front_page`)
            : course.default_view === "feed" ? null : getAll(`${base}/modules`, { query: { include: ["items"], per_page: 50 }, limit: 2 }),
        get(`${base}/discussion_topics`, { query: { only_announcements: true, per_page: 2 * NEWS } }),
    ]);
    const began = first.status === "fulfilled" ? first.value : null;
    return { front: Array.isArray(began) ? null : began, modules: Array.isArray(began) ? began : [], news: (news.status === "fulfilled" ? news.value : []).filter((topic) => topic.published && !(Date.parse(topic.delayed_post_at ?? "") > Date.now())).slice(0, NEWS) };
}

/** The latest announcements, or null when there are none. */
export function newsSection(view) {
    const { news } = view.overview ?? { news: [] };
    if (news.length === 0) return null;
    const heading = uid("news");
    return h("section.course-section", { "aria-labelledby": heading },
        h("div.section-head", h("h2", { id: heading }, t("course.news")), h("a.small", { href: `/courses/${view.id}/announcements` }, t("course.all_news"))),
        h("ul.card.items", { role: "list" }, news.map((topic) => h("li.item", { class: topic.read_state === "unread" ? "unread" : "" },
            topic.read_state === "unread" && h("span.unread-dot", { role: "img", "aria-label": t("course.unread") }),
            h("div.grow", h("h3", h("a", { href: `/courses/${view.id}/announcements/${topic.id}`, dataset: { row: "", key: `news-${topic.id}` } }, topic.title)),
                topic.message && h("p.small.muted.truncate", excerpt(topic.message, 120)),
                h("p.meta", h("span", relative(topic.posted_at ?? topic.created_at))))))));
}

/** The front page, or the modules; null when there is neither. */
export function beginningSection(view) {
    const { front, modules } = view.overview ?? { front: null, modules: [] };
    if (front?.body) {
        return h("section.course-section", { "aria-label": front.title }, h("article.card.pad.front-page", h("h2", front.title), prose(front.body)));
    }
    if (modules.length === 0) return null;
    const heading = uid("modules");
    const student = !isStaff(view.me, view.course);
    const next = student ? nextItem(modules) : null;
    return h("section.course-section", { "aria-labelledby": heading },
        h("div.section-head", h("h2", { id: heading }, t("course.modules")), h("a.small", { href: `/courses/${view.id}/modules` }, t("course.all_modules"))),
        next && h("a.card.go-on", { href: itemPath(view.id, next), dataset: { key: "go-on" } }, icon("play", { size: 16 }), h("span.grow", h("span.small.muted", t("course.go_on")), h("span.strong", next.title)), icon("arrow-right", { size: 16 })),
        h("ul.card.items", { role: "list" }, modules.slice(0, MODULES).map((module) => {
            const far = progress(module);
            const locked = student && lockReason(module, modules, Date.now());
            return h("li.item", icon(locked ? "lock" : module.state === "completed" ? "check" : "list", { size: 16 }),
                h("div.grow", h("h3", h("a", { href: `/courses/${view.id}/modules#module-${module.id}`, dataset: { row: "", key: `module-${module.id}` } }, module.name))),
                student && far && h("span.small.muted.num", t("course.far", { done: far.done, n: far.all })), !student && module.published === false && h("span.badge.warn", t("course.unpublished")));
        })));
}

/** The first thing that is asked for, not done, and open. */
function nextItem(modules) {
    for (const module of modules) {
        if (lockReason(module, modules, Date.now())) continue;
        const item = (module.items ?? []).find((one) => one.completion_requirement && !one.completion_requirement.completed);
        if (item) return item;
    }
    return null;
}
