extension TenancyMigrations {
    /// The language of an account's people, as `de` or `pt-BR`.
    static let m0040AccountLocale = #"""
        ALTER TABLE accounts ADD COLUMN default_locale text CHECK (length(default_locale) BETWEEN 2 AND 35);
        GRANT UPDATE (default_locale) ON accounts TO cohort_app;
        """#
}
