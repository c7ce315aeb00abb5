// What a copy of a course is asked for with. No element is touched here.

/** What becomes of dates: moved with the course's start, taken as they are, or left out. */
export const SHIFTS = ["shift", "keep", "remove"];

/** The body; `modules` are ids or null for everything, `begins` a day or "". Dates move only where both starts are known. */
export function copyBody({ source, modules, dates, begins }) {
    const from = source.start_at?.slice(0, 10) ?? null;
    const shift = dates === "shift" && from && begins ? { shift_dates: true, old_start_date: from, new_start_date: begins } : null;
    const options = dates === "remove" ? { remove_dates: true } : shift;
    return {
        migration_type: "course_copy_importer", settings: { source_course_id: source.id },
        ...(modules ? { select: { modules } } : {}), ...(options ? { date_shift_options: options } : {}),
    };
}
