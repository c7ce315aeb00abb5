extension AssessmentMigrations {
    /// When an assignment is due for everybody.
    static let m0210DueDates = #"""
        ALTER TABLE assignments ADD COLUMN due_at timestamptz;
        CREATE INDEX assignments_by_due ON assignments (institution_id, course_id, due_at) WHERE due_at IS NOT NULL;
        GRANT UPDATE (due_at) ON assignments TO cohort_app;
        """#
}
