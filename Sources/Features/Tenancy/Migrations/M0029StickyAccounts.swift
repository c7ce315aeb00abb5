extension TenancyMigrations {
    /// What somebody changed of an account by hand, which imports leave alone.
    static let m0029StickyAccounts = #"""
        ALTER TABLE accounts ADD COLUMN stuck_fields text[] NOT NULL DEFAULT '{}';
        GRANT UPDATE (stuck_fields) ON accounts TO cohort_app;
        """#
}
