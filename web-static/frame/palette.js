// The search over everything: one field, results as one types, all by the keyboard.

import { getAll } from "../base/api.js";
import { debounce, fill, h, uid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, has, t } from "../base/i18n.js";
import { help } from "../base/keys.js";
import { isStaff } from "../base/session.js";
import { explain } from "../base/toast.js";
import { catalogue, inCourse, marked, people, personPath, resultPath, resultRanges, SIGNS } from "./finding.js";
import { best } from "./match.js";
import { courseId } from "./parts.js";
import english from "./lang/en.js";
import "./signs.js";

await Promise.all([add({ en: english, de: () => import("./lang/de.js") }), style("/static/frame/palette.css")]);

function style(href) {
    return new Promise((done) => {
        const link = h("link", { rel: "stylesheet", href, onload: done, onerror: done });
        document.head.append(link);
    });
}

let courses = null;   // read once per page
let open = null;

/** Opens it; `me` is the session, `typedBefore` what was typed while it was on its way. Opened twice it stays one. */
export function openPalette(me, typedBefore = "") {
    if (open) return;
    const course = courseId(location.pathname);
    const ids = { list: uid("found") };
    const field = h("input.palette-field", {
        type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": ids.list, "aria-autocomplete": "list",
        "aria-label": t("palette.label"), placeholder: t(course ? "palette.hint_course" : "palette.hint"), autocomplete: "off", spellcheck: "false", maxlength: "200",
    });
    const list = h("div.palette-list", { id: ids.list, role: "listbox", "aria-label": t("palette.results") });
    const note = h("p.palette-note.small.faint", { role: "status" });
    const dialog = h("dialog.palette", { "aria-label": t("palette.label") },
        h("div.palette-head", icon("search"), field, h("button.button.ghost.icon.small", { type: "button", "aria-label": t("action.close"), onclick: () => dialog.close() }, icon("x"))),
        list, note);
    open = dialog;
    let chosen = 0;
    let groups = [];
    let asked = null;

    const options = () => [...list.querySelectorAll('[role="option"]')];
    const choose = (at) => {
        const all = options();
        chosen = all.length === 0 ? 0 : (at + all.length) % all.length;
        for (const [index, option] of all.entries()) option.setAttribute("aria-selected", String(index === chosen));
        field.setAttribute("aria-activedescendant", all[chosen]?.id ?? "");
        all[chosen]?.scrollIntoView({ block: "nearest" });
    };
    const go = (entry, event) => {
        const away = event?.ctrlKey || event?.metaKey;
        if (!away) dialog.close();
        if (entry.run) entry.run();
        else if (away) globalThis.open(entry.href, "_blank", "noopener");
        else location.assign(entry.href);
    };
    const draw = () => {
        fill(list, groups.filter((group) => group.entries.length > 0).map((group) => {
            const title = uid("group");
            return h("div", { role: "group", "aria-labelledby": title }, h("div.palette-group", { id: title }, group.title),
                group.entries.map((entry) => h("div.palette-option", { id: uid("option"), role: "option", "aria-selected": "false", onclick: (event) => go(entry, event), onpointermove: (event) => {
                    const at = options().indexOf(event.currentTarget);
                    if (at !== chosen) choose(at);
                }, ".entry": entry },
                icon(entry.icon, { size: 16 }), h("span.grow", h("span.palette-label.truncate", entry.label), entry.text && h("span.palette-text.small.faint.truncate", entry.text)),
                entry.end && h("span.small.faint.nowrap", entry.end))));
        }));
        choose(Math.min(chosen, Math.max(0, options().length - 1)));
    };

    const places = () => [
        ...(course ? [...document.querySelectorAll(".parts .tab")].map((tab) => ({ label: tab.textContent, href: tab.getAttribute("href"), icon: "arrow-right", end: t("palette.part") })) : []),
        ...(courses ?? []).map((item) => ({ label: item.name, text: null, more: item.course_code, href: `/courses/${item.id}`, icon: "book", end: item.course_code })),
        { label: t("frame.mine"), href: "/", icon: "building" },
        { label: t("keys.title"), run: help, icon: "keyboard", end: "?" },
    ];
    const near = (query) => best(places(), query, (place) => `${place.label} ${place.more ?? ""}`.trim(), query ? 6 : 14)
        .map(({ item, ranges }) => ({ ...item, label: marked(item.label, ranges.filter(([start, length]) => start + length <= item.label.length)) }));

    const look = async (query) => {
        asked?.abort();
        asked = new AbortController();
        const { signal } = asked;
        const all = { title: t("palette.more"), entries: [{ label: t("palette.all", { text: query }), icon: "search", href: `/search?q=${encodeURIComponent(query)}${course ? `&course=${course}` : ""}` }] };
        const first = { title: t("palette.go"), entries: near(query) };
        const keep = groups.filter((group) => group.late);
        groups = [first, ...keep, all];
        draw();
        note.textContent = t("palette.looking");
        const teaches = new Set((courses ?? []).filter((item) => isStaff(me, item)).map((item) => item.id));
        const late = await Promise.allSettled([
            course ? inCourse(course, query, { most: 6, signal }) : [],
            catalogue(query, { most: 4, signal }),
            people(query, { most: 5, signal }),
        ]);
        if (signal.aborted) return;
        const [found, open, persons] = late.map((one) => (one.status === "fulfilled" ? one.value : []));
        groups = [first,
            { late: true, title: t("palette.in_course"), entries: found.map((result) => ({
                icon: SIGNS[result.content_type] ?? "text", href: resultPath(course, result), label: result.title, text: excerptOf(result),
                end: has(`kind.${result.content_type}`) ? t(`kind.${result.content_type}`) : null,
            })) },
            { late: true, title: t("palette.people"), entries: persons.map((person) => ({
                icon: "user", label: person.name, href: personPath(person, teaches) ?? `/search?q=${encodeURIComponent(person.name)}`,
            })) },
            { late: true, title: t("palette.catalogue"), entries: open.filter((item) => !item.enrolled).map((item) => ({
                icon: "plus", label: item.course.name, end: item.course.course_code, href: `/?join=${item.course.id}`,
            })) }, all];
        draw();
        const failed = late.find((one) => one.status === "rejected");
        const count = found.length + persons.length + open.filter((item) => !item.enrolled).length;
        note.textContent = failed ? explain(failed.reason) : count === 0 ? t("palette.none") : t("palette.found", { n: count });
    };
    const later = debounce((query) => { if (open === dialog) look(query); }, 140);
    const typed = () => {
        const query = field.value.trim();
        chosen = 0;
        if (query.length < 2) {
            asked?.abort();
            groups = [{ title: t("palette.go"), entries: near(query) }];
            note.textContent = "";
            draw();
            return;
        }
        groups = [{ title: t("palette.go"), entries: near(query) }, ...groups.filter((group) => group.late)];
        draw();
        later(query);
    };

    field.addEventListener("input", typed);
    field.addEventListener("keydown", (event) => {
        if (event.isComposing) return;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) {
            event.preventDefault();
            choose(chosen + step);
        } else if (event.key === "Enter") {
            event.preventDefault();
            const entry = options()[chosen]?.entry;
            if (entry) go(entry, event);
        }
    });
    dialog.addEventListener("close", () => {
        asked?.abort();
        dialog.remove();
        open = null;
    });
    let pressed = false;
    dialog.addEventListener("pointerdown", (event) => { pressed = event.target === dialog; });
    dialog.addEventListener("click", (event) => { if (pressed && event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
    field.value = typedBefore;
    typed();
    if (!courses) {
        getAll("/api/v1/courses").then((read) => {
            courses = read;
            if (open === dialog) typed();
        }, () => {});
    }
}

// The excerpt around the first word that was found.
function excerptOf(result) {
    const ranges = resultRanges(result);
    return result.body ? marked(result.body.replaceAll("\n", " "), ranges) : null;
}
