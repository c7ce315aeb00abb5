extension CourseMigrations {
    /// A role of the institution's own that an enrolment has instead of the built-in one of its type.
    static let m0122EnrollmentRoles = #"""
        ALTER TABLE enrollments
            ADD COLUMN role_id bigint,
            ADD CONSTRAINT enrollments_role FOREIGN KEY (institution_id, role_id)
                REFERENCES course_roles (institution_id, id);
        CREATE INDEX enrollments_by_role ON enrollments (institution_id, role_id) WHERE role_id IS NOT NULL;
        GRANT UPDATE (role_id) ON enrollments TO cohort_app;
        """#
}
