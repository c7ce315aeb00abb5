// The table as a file for spreadsheets, made in the browser.

import { downloadCSV } from "../base/csv-file.js";
import { t } from "../base/i18n.js";
import { toast } from "../base/toast.js";
import { cell } from "./answers.js";

/** The rows of the file: a header, points possible, then each student in the given order. */
export function table(view, students) {
    const rows = [
        ["Student", "ID", ...view.assignments.map((assignment) => assignment.name), "Total", "Points possible"],
        ["Points possible", "", ...view.assignments.map((assignment) => assignment.points_possible ?? 0), view.assignments.reduce((sum, assignment) => sum + (assignment.points_possible ?? 0), 0), ""],
    ];
    for (const student of students) {
        let total = null;
        let possible = 0;
        const scores = view.assignments.map((assignment) => {
            const score = view.submissions.get(cell(student.id, assignment.id))?.score ?? null;
            if (score !== null) {
                total = (total ?? 0) + score;
                possible += assignment.points_possible ?? 0;
            }
            return score;
        });
        rows.push([student.sortable_name ?? student.name, student.id, ...scores, total, possible]);
    }
    return rows;
}

/** Saves the students shown as CSV. */
export function download(view, students) {
    downloadCSV(table(view, students), view.course.course_code || "course");
    toast(t("grades.exported", { n: students.length }));
}
