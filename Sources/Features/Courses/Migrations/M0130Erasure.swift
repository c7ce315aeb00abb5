extension CourseMigrations {
    /// What an erasure removes.
    static let m0130Erasure = #"""
        GRANT DELETE ON discussion_reads TO cohort_app;
        CREATE INDEX discussion_entries_by_author ON discussion_entries (institution_id, author_id);
        CREATE INDEX discussion_topics_by_author ON discussion_topics (institution_id, author_id);
        """#
}
