extension RosteringMigrations {
    /// Messages about rows go after their time.
    static let m0405Retention = #"""
        GRANT DELETE ON sis_import_messages TO cohort_app;
        """#
}
