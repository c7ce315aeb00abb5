/// When an active enrolment is in force: Canvas's rule, in SQL so that lists and single questions have the same one.
///
/// The enrolment's own dates count where it has both; else the section's, where the section restricts enrolments to them;
/// else the course's, where the course does; else the term's, whose beginning does not hold staff up. Where a section or
/// course restricts, staff are let in until the term ends, too. A time at which something begins or ends is within.
package enum EnrollmentDates {
    /// An expression: the `Enrollment.Phase` of an enrolment `e`, with ``joins``.
    ///
    /// One that is concluded is past; of those in other states it says what it would be were they active.
    package static let phase = phase(at: "now()")

    /// The same at a time, which is an expression.
    package static func phase(at time: String) -> String {
        """
        CASE WHEN e.workflow_state = 'completed' THEN 'past' ELSE courses_enrollment_phase(
            e.type, e.start_at, e.end_at, es.restrict_enrollments_to_section_dates, es.start_at, es.end_at,
            ec.restrict_enrollments_to_course_dates, ec.start_at, ec.end_at, et.start_at, et.end_at, \(time)) END
        """
    }

    /// What ``phase`` needs beside `enrollments e`; `$1` is the institution.
    package static let joins = """
        JOIN sections es ON es.institution_id = $1 AND es.id = e.section_id
        JOIN courses ec ON ec.institution_id = $1 AND ec.id = e.course_id
        JOIN enrollment_terms et ON et.institution_id = $1 AND et.id = ec.enrollment_term_id
        """
}
