import Courses
import Postgres

/// Copies a course's late policy with its settings; one that the target has becomes as the source's.
struct LatePolicyCopy: CopyPart {
    let title = "settings"

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        guard batch.selection.isWhole else { return nil }
        try await batch.transaction.query(
            Self.copy, [batch.tenant, .int(batch.source), .int(batch.target)])
        return nil
    }

    /// $1 institution, $2 source, $3 target.
    private static let copy: Statement = """
        INSERT INTO late_policies (
            institution_id, course_id, missing_submission_deduction_enabled, missing_submission_deduction,
            late_submission_deduction_enabled, late_submission_deduction, late_submission_interval,
            late_submission_minimum_percent_enabled, late_submission_minimum_percent)
        SELECT $1, $3, missing_submission_deduction_enabled, missing_submission_deduction,
            late_submission_deduction_enabled, late_submission_deduction, late_submission_interval,
            late_submission_minimum_percent_enabled, late_submission_minimum_percent
        FROM late_policies WHERE institution_id = $1 AND course_id = $2
        ON CONFLICT (institution_id, course_id) DO UPDATE SET
            missing_submission_deduction_enabled = EXCLUDED.missing_submission_deduction_enabled,
            missing_submission_deduction = EXCLUDED.missing_submission_deduction,
            late_submission_deduction_enabled = EXCLUDED.late_submission_deduction_enabled,
            late_submission_deduction = EXCLUDED.late_submission_deduction,
            late_submission_interval = EXCLUDED.late_submission_interval,
            late_submission_minimum_percent_enabled = EXCLUDED.late_submission_minimum_percent_enabled,
            late_submission_minimum_percent = EXCLUDED.late_submission_minimum_percent, updated_at = now()
        """
}
