// The table as a file for spreadsheets, made in the browser.

import { t } from "../base/i18n.js";
import { toast } from "../base/toast.js";
import { cell } from "./answers.js";

/** Quotes a field (RFC 4180); text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function field(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

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

/** Saves the students shown as CSV; the byte order mark makes spreadsheets read it as UTF-8. */
export function download(view, students) {
    const text = `\ufeff${table(view, students).map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${view.course.course_code || "course"}-${new Date().toISOString().slice(0, 10)}.csv`.replace(/[^\w.-]+/g, "-");
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    toast(t("grades.exported", { n: students.length }));
}
