extension CourseMigrations {
    /// When enrolments are in force, and who may be said to have joined by themselves.
    ///
    /// The function is plain enough that the planner puts its body where it is called.
    static let m0116EnrollmentDates = #"""
        CREATE FUNCTION courses_enrollment_phase(
            type text, own_start timestamptz, own_end timestamptz,
            section_restricts boolean, section_start timestamptz, section_end timestamptz,
            course_restricts boolean, course_start timestamptz, course_end timestamptz,
            term_start timestamptz, term_end timestamptz, at timestamptz
        ) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE
            WHEN own_start IS NOT NULL AND own_end IS NOT NULL THEN
                CASE WHEN at < own_start THEN 'future' WHEN at > own_end THEN 'past' ELSE 'current' END
            WHEN type IN ('TeacherEnrollment', 'TaEnrollment', 'DesignerEnrollment') THEN
                CASE
                    WHEN term_end IS NULL OR at <= term_end THEN 'current'
                    WHEN section_restricts THEN CASE
                        WHEN (section_start IS NULL OR at >= section_start) AND (section_end IS NULL OR at <= section_end)
                        THEN 'current' ELSE 'past' END
                    WHEN course_restricts THEN CASE
                        WHEN (course_start IS NULL OR at >= course_start) AND (course_end IS NULL OR at <= course_end)
                        THEN 'current' ELSE 'past' END
                    ELSE 'past' END
            WHEN section_restricts THEN
                CASE WHEN at < section_start THEN 'future' WHEN at > section_end THEN 'past' ELSE 'current' END
            WHEN course_restricts THEN
                CASE WHEN at < course_start THEN 'future' WHEN at > course_end THEN 'past' ELSE 'current' END
            ELSE CASE WHEN at < term_start THEN 'future' WHEN at > term_end THEN 'past' ELSE 'current' END
        END;
        GRANT UPDATE (is_self_enrolled) ON enrollments TO cohort_app;
        """#
}
