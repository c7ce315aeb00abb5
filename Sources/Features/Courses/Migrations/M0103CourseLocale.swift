extension CourseMigrations {
    /// The language that a course is held in, where it is not its account's.
    static let m0103CourseLocale = #"""
        ALTER TABLE courses ADD COLUMN locale text CHECK (length(locale) BETWEEN 2 AND 35);
        GRANT UPDATE (locale) ON courses TO cohort_app;
        """#
}
