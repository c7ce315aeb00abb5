import Postgres

/// Copies a course's settings, but not its name, term, dates and who is in it.
struct SettingsCopy: CopyPart {
    let title = "settings"

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        guard batch.selection.isWhole else { return nil }
        try await batch.transaction.query(
            Self.copy, [batch.tenant, .int(batch.source), .int(batch.target)])
        return nil
    }

    /// $1 institution, $2 source, $3 target.
    private static let copy: Statement = """
        UPDATE courses t SET is_public = s.is_public, default_view = s.default_view, course_format = s.course_format,
            time_zone = coalesce(t.time_zone, s.time_zone), locale = coalesce(t.locale, s.locale),
            restrict_enrollments_to_course_dates = s.restrict_enrollments_to_course_dates,
            hide_final_grades = s.hide_final_grades,
            allow_student_discussion_topics = s.allow_student_discussion_topics, updated_at = now()
        FROM courses s
        WHERE t.institution_id = $1 AND t.id = $3 AND s.institution_id = $1 AND s.id = $2
        """
}
