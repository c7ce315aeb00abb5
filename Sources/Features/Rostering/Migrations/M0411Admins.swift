extension RosteringMigrations {
    /// The import that made somebody an admin: a comparison with the last file removes no others.
    static let m0411Admins = #"""
        ALTER TABLE user_roles ADD COLUMN sis_batch_id bigint;
        ALTER TABLE account_admins ADD COLUMN sis_batch_id bigint;
        """#
}
