extension AssessmentMigrations {
    /// Has the search index told of assignments.
    static let m0290SearchedAssignments = #"""
        SELECT search_watch('assignments', 'assignment', '{course_id,name,published}');
        """#
}
