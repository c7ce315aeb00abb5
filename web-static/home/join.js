// Joining a course by oneself: by the code that somebody handed out, or out of those that are open.

import { get, post } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { explain } from "../base/toast.js";
import { field, openForm, refusal, textInput } from "../frame/form.js";
import { joinCode } from "./filter.js";

/**
 * Asks for the code, and leads into the course. `given` is what an address brought ("12-CODE", or a course's number alone);
 * `mine` the courses that need no joining.
 */
export async function joinDialog({ given = null, mine }) {
    const told = given === null ? null : joinCode(given);
    if (told && mine.has(told.course)) return location.assign(`/courses/${told.course}`);
    const code = textInput(given ?? "", { maxlength: "250", autofocus: true, spellcheck: "false" });
    const search = textInput("", { type: "search", "aria-label": t("join.search"), placeholder: t("join.search") });
    const list = h("ul.card.items.join-list", { role: "list", "aria-label": t("join.open") });
    const note = h("p.small.faint", { role: "status" });
    const use = (course) => {
        code.value = `${course.id}-`;
        code.focus();
        note.textContent = t("join.code_of", { name: course.name });
    };
    const look = async () => {
        try {
            const found = await get("/api/v1/search/all_courses", { query: { open_enrollment_only: true, per_page: 20, search: search.value.trim() || undefined } });
            fill(list, found.filter((entry) => !entry.enrolled && !mine.has(entry.course.id)).map(({ course }) => h("li.item",
                h("div.grow", h("h3", course.name), h("p.meta", course.course_code)),
                h("button.button.small", { type: "button", "aria-label": t("join.choose_named", { name: course.name }), onclick: () => use(course) }, t("join.choose")))));
            list.hidden = list.childElementCount === 0;
            note.textContent = list.hidden ? t("join.none") : "";
        } catch (error) {
            list.hidden = true;
            note.textContent = explain(error);
        }
    };
    search.addEventListener("input", debounce(look, 200));
    list.hidden = true;
    look();
    const joined = await openForm({
        title: t("home.join_course"), submit: t("home.join"), fields: { self_enrollment_code: code },
        body: [
            field(t("join.code"), code, t("join.code_hint")),
            h("section.stack.tight", h("h3", t("join.open")), h("div.input-group", icon("search"), search), list, note),
        ],
        send: async () => {
            const told = joinCode(code.value);
            if (!told?.code) throw refusal("self_enrollment_code", t("join.code_wrong"));
            if (mine.has(told.course)) return { course_id: told.course };
            try {
                return await post(`/api/v1/courses/${told.course}/enrollments`, { enrollment: { user_id: "self", self_enrollment_code: told.code } });
            } catch (error) {
                if (error.code === "course_full") throw refusal("self_enrollment_code", t("join.full"));
                if (error.status === 400 || error.status === 403 || error.status === 404) throw refusal("self_enrollment_code", t("join.refused"));
                throw error;
            }
        },
    });
    if (joined?.course_id) location.assign(`/courses/${joined.course_id}`);
}
