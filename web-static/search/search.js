// The results of a search: in one course or in all of one's courses, people, and courses to join.

import { getAll } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, has, t } from "../base/i18n.js";
import { isStaff } from "../base/session.js";
import { problem, startShell, state } from "../base/shell.js";
import { catalogue, inCourse, marked, people, personPath, resultPath, resultRanges, SIGNS } from "../frame/finding.js";
import { rowKeys, skeletonRows } from "../frame/list.js";
import { best } from "../frame/match.js";
import frameEnglish from "../frame/lang/en.js";
import english from "./lang/en.js";
import "../frame/signs.js";

const MOST_COURSES = 12;
const KINDS = ["pages", "announcements", "discussions", "assignments", "files"];

await add({ en: frameEnglish, de: () => import("../frame/lang/de.js") });
await add({ en: english, de: () => import("./lang/de.js") });
const me = await startShell({ title: t("search.title"), crumbs: [{ label: t("frame.mine"), href: "/" }, { label: t("search.title") }] });
const main = document.getElementById("main");

let courses = [];
let turn = 0;
const asked = () => {
    const query = new URLSearchParams(location.search);
    return { q: (query.get("q") ?? "").trim(), course: Number(query.get("course")) || null, kind: KINDS.includes(query.get("kind")) ? query.get("kind") : null };
};

const results = h("div.results", { "aria-live": "off" });
const said = h("p.small.muted", { role: "status" });
const box = h("input.input.search-box", { type: "search", "aria-label": t("search.title"), placeholder: t("palette.hint"), maxlength: "200" });
const scope = h("select.select", { "aria-label": t("search.where"), onchange: () => say({ course: Number(scope.value) || null }) });
const kinds = h("select.select", { "aria-label": t("search.kind"), onchange: () => say({ kind: kinds.value || null }) });

// The address says what is looked for: the back button and a shared link lead to the same results.
function say(changes, replace = false) {
    const wish = { ...asked(), ...changes };
    const query = new URLSearchParams(Object.entries(wish).filter(([, value]) => value));
    history[replace ? "replaceState" : "pushState"](null, "", query.size > 0 ? `?${query}` : location.pathname);
    look();
}
box.addEventListener("input", debounce(() => say({ q: box.value.trim() }, true), 250));

const block = (title, rows) => rows.length > 0 && h("section", h("div.section-title", h("h2", title)), h("ul.card.items", { role: "list", "aria-label": title }, rows));

async function look() {
    turn += 1;
    const mine = turn;
    const { q, course, kind } = asked();
    if (document.activeElement !== box) box.value = q;
    fill(scope, h("option", { value: "" }, t("search.everywhere")), courses.map((one) => h("option", { value: one.id, ".selected": one.id === course }, one.name)));
    fill(kinds, h("option", { value: "" }, t("search.all_kinds")), KINDS.map((one) => h("option", { value: one, ".selected": one === kind }, t(`search.${one}`))));
    if (q.length < 2) {
        said.textContent = "";
        fill(results, h("div.card", state({ sign: "search", title: t("search.begin"), text: t("search.begin_text") })));
        return;
    }
    said.textContent = t("palette.looking");
    if (results.childElementCount === 0 || results.querySelector(".state")) fill(results, skeletonRows(4));
    const places = (course ? courses.filter((one) => one.id === course) : courses).slice(0, MOST_COURSES);
    const filter = kind ? [kind] : undefined;
    const inAll = await Promise.allSettled(places.map((one) => inCourse(one.id, q, { most: course ? 30 : 8, filter }).then((list) => list.map((result) => ({ ...result, course: one })))));
    const [open, persons] = await Promise.allSettled([kind || course ? [] : catalogue(q, { most: 10 }), kind ? [] : people(q, { most: 10 })]);
    if (mine !== turn) return;
    const failed = [...inAll, open, persons].find((one) => one.status === "rejected")?.reason ?? null;
    const of = (one) => (one.status === "fulfilled" ? one.value : []);
    const found = inAll.flatMap(of).sort((a, b) => Number(a.is_guess) - Number(b.is_guess) || b.relevance - a.relevance);
    const teaches = new Set(courses.filter((one) => isStaff(me, one)).map((one) => one.id));
    const named = kind || course ? [] : best(courses, q, (one) => `${one.name} ${one.course_code}`, 5);
    const sure = found.filter((result) => !result.is_guess);
    const guesses = found.filter((result) => result.is_guess);
    const joinable = of(open).filter((one) => !one.enrolled && !courses.some((mine) => mine.id === one.course.id));
    const rows = [
        block(t("search.courses"), named.map(({ item, ranges }) => h("li.item", icon("book", { size: 16 }), h("div.grow", h("h3", h("a", { href: `/courses/${item.id}`, dataset: { row: "" } }, marked(item.name, ranges.filter(([start, length]) => start + length <= item.name.length)))), h("p.meta", item.course_code))))),
        block(course ? t("search.in", { name: places[0]?.name ?? "" }) : t("search.in_courses"), sure.map(row)),
        block(t("search.guesses", { text: q }), guesses.map(row)),
        block(t("palette.people"), of(persons).map((person) => {
            const path = personPath(person, teaches);
            return h("li.item", icon("user", { size: 16 }), h("div.grow", h("h3", path ? h("a", { href: path, dataset: { row: "" } }, person.name) : person.name),
                h("p.meta", Object.keys(person.common_courses ?? {}).map((id) => courses.find((one) => one.id === Number(id))?.name).filter(Boolean).slice(0, 3).join(" · "))));
        })),
        block(t("palette.catalogue"), joinable.map(({ course: item }) => h("li.item", icon("plus", { size: 16 }), h("div.grow", h("h3", h("a", { href: `/?join=${item.id}`, dataset: { row: "" } }, item.name)), h("p.meta", item.course_code))))),
    ].filter(Boolean);
    const count = named.length + found.length + of(persons).length + joinable.length;
    said.textContent = t("palette.found", { n: count });
    fill(results,
        failed && h("div.notice.warn", { role: "alert" }, icon("alert"), h("span.grow", failed.code === "search_unavailable" ? t("search.away") : t("search.partly")), h("button.button.small", { type: "button", onclick: look }, t("action.retry"))),
        rows.length > 0 ? rows : !failed && h("div.card", state({ sign: "search", title: t("search.none"), text: t("search.none_text", { text: q }) })));
}

function row(result) {
    const ranges = resultRanges(result);
    return h("li.item.result", icon(SIGNS[result.content_type] ?? "text", { size: 16 }),
        h("div.grow", h("h3", h("a", { href: resultPath(result.course.id, result), dataset: { row: "" } }, titleOf(result))), result.body && h("p.small.muted.excerpt", marked(result.body.replaceAll("\n", " "), ranges)),
            h("p.meta", has(`kind.${result.content_type}`) && h("span", t(`kind.${result.content_type}`)), !asked().course && h("span", result.course.name))));
}

// The words are marked in the title, too, where they stand there as they were typed.
function titleOf(result) {
    const one = best([result.title], asked().q, (text) => text, 1)[0];
    // Letters strewn over it are not what was meant.
    return one && one.ranges.length <= asked().q.split(/\s+/).length ? marked(result.title, one.ranges) : result.title;
}

async function start() {
    try {
        courses = await getAll("/api/v1/courses");
        fill(main, h("div.page", h("h1.visually-hidden", t("search.title")),
            h("div.search-head", h("div.input-group.grow", icon("search"), box), h("div.row.tight.wrap", scope, kinds)), said, results));
        main.removeAttribute("aria-busy");
        box.value = asked().q;
        if (!asked().q) box.focus();
        await look();
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", t("search.title")), problem(error, start)));
        main.removeAttribute("aria-busy");
    }
}

addEventListener("popstate", () => { box.value = asked().q; look(); });
await start();
rowKeys(main, t("search.title"));
