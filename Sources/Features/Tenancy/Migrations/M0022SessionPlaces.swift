extension TenancyMigrations {
    /// Where a session was opened and how, for its user to know it again.
    static let m0022SessionPlaces = #"""
        ALTER TABLE sessions
            -- `Firefox on Linux`: names of a closed list, never what a browser sent.
            ADD COLUMN browser text CHECK (length(browser) <= 64),
            ADD COLUMN remote_address text CHECK (length(remote_address) <= 64),
            -- A session of another provider's is good where that provider is trusted: in its institution alone.
            ADD COLUMN method text NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'oidc'));
        GRANT SELECT (browser, remote_address, method) ON sessions TO cohort_app;
        """#
}
