extension CourseMigrations {
    /// By what other systems call courses and sections.
    static let m0101SIS = #"""
        ALTER TABLE courses
            ADD COLUMN sis_course_id text CHECK (length(sis_course_id) BETWEEN 1 AND 255),
            ADD COLUMN integration_id text CHECK (length(integration_id) BETWEEN 1 AND 255),
            ADD CONSTRAINT courses_sis_id UNIQUE (institution_id, sis_course_id);
        GRANT UPDATE (sis_course_id, integration_id) ON courses TO cohort_app;
        ALTER TABLE sections
            ADD COLUMN sis_section_id text CHECK (length(sis_section_id) BETWEEN 1 AND 255),
            ADD COLUMN integration_id text CHECK (length(integration_id) BETWEEN 1 AND 255),
            ADD CONSTRAINT sections_sis_id UNIQUE (institution_id, sis_section_id);
        GRANT UPDATE (sis_section_id, integration_id) ON sections TO cohort_app;
        """#
}
