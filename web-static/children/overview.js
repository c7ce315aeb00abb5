// What a parent sees of one child, out of several answers: courses, what is live, what comes, points.

/** The classes of some courses that are live, and those planned from `now` on, the next one first; at most `most` of these. */
export function schedule(courses, classes, now, most = 5) {
    const named = new Map(courses.map((course) => [course.id, course]));
    const of = (state) => classes.filter((item) => item.workflow_state === state && named.has(item.course_id))
        .map((item) => ({ ...item, course: named.get(item.course_id) }));
    const live = of("live").sort((a, b) => Date.parse(b.started_at ?? 0) - Date.parse(a.started_at ?? 0));
    const coming = of("scheduled").filter((item) => item.scheduled_at && Date.parse(item.scheduled_at) >= now)
        .sort((a, b) => Date.parse(a.scheduled_at) - Date.parse(b.scheduled_at)).slice(0, most);
    return { live, coming };
}

/** One child's points in a course: `{ got, of, scored, all }`; only what has a score counts. */
export function points(assignments, submissions, child) {
    const scores = new Map(submissions.filter((item) => item.user_id === child && typeof item.score === "number").map((item) => [item.assignment_id, item.score]));
    const counted = assignments.filter((assignment) => scores.has(assignment.id));
    return {
        got: counted.reduce((sum, assignment) => sum + scores.get(assignment.id), 0),
        of: counted.reduce((sum, assignment) => sum + (assignment.points_possible ?? 0), 0),
        scored: counted.length,
        all: assignments.length,
    };
}

/** A pairing code as somebody types it off a note: without spaces and quotes. */
export const tidyCode = (text) => text.replace(/[\s"'“”„]/g, "");
