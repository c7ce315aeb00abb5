// Which courses are shown, and in which order. No element is touched here.

/** What a course is to the reader: "unpublished", "past" or "current". `now` in milliseconds. */
export function phase(course, now) {
    if (course.workflow_state === "unpublished") return "unpublished";
    if (course.workflow_state === "completed" || course.concluded || course.ended) return "past";
    const end = course.end_at ?? course.term?.end_at;
    return end && Date.parse(end) < now ? "past" : "current";
}

/** The phases that there are courses in, with their numbers: `[{ id, n }]`, the current ones always. */
export function phases(courses, now) {
    const counts = { current: 0, past: 0, unpublished: 0 };
    for (const course of courses) counts[phase(course, now)] += 1;
    return Object.entries(counts).filter(([id, n]) => id === "current" || n > 0).map(([id, n]) => ({ id, n }));
}

/** The terms of courses: `[{ id, name }]`, the one that begins last first; those without a beginning last. */
export function terms(courses) {
    const found = new Map();
    for (const { term } of courses) if (term) found.set(term.id, term);
    return [...found.values()].sort((a, b) => (Date.parse(b.start_at ?? "") || 0) - (Date.parse(a.start_at ?? "") || 0) || a.id - b.id)
        .map(({ id, name }) => ({ id, name }));
}

/** The courses to show: of a phase, of a term (null: of all), whose name or code holds `text`; favourites first, then by name. */
export function shownCourses(courses, { chosen, term = null, text = "", starred = new Set(), now, compare }) {
    const wanted = text.trim().toLocaleLowerCase();
    return courses
        .filter((course) => phase(course, now) === chosen && (term === null || course.term?.id === term))
        .filter((course) => `${course.name} ${course.course_code}`.toLocaleLowerCase().includes(wanted))
        .sort((a, b) => Number(starred.has(b.id)) - Number(starred.has(a.id)) || compare(a.name, b.name) || a.id - b.id);
}

/** Reads what staff hand out: "12-CODE" or an address with `join=12-CODE`: `{ course, code }`, `code` null for a number alone. */
export function joinCode(text) {
    const trimmed = text.trim();
    const inAddress = /[?&]join=([^&#]+)/.exec(trimmed);
    let plain = trimmed;
    try {
        if (inAddress) plain = decodeURIComponent(inAddress[1]);
    } catch {
        return null;
    }
    const found = /^([1-9]\d{0,15})(?:-(.{1,200}))?$/.exec(plain);
    return found && { course: Number(found[1]), code: found[2] ?? null };
}
