package import EventLoop

extension PrivateCluster {
    /// Makes the two roles and a database, as far as they are missing.
    ///
    /// `owner` owns the database and runs its migrations. `app` may read and write what the owner makes
    /// there, owns nothing and is subject to row-level security.
    ///
    /// - Parameters:
    ///   - database: Lower-case letters, digits and underscores; so are the roles.
    ///   - owner: The role of migrations.
    ///   - app: The role of the server.
    ///   - loop: The loop that the caller runs on.
    /// - Throws: What the server says; what was made before stays, and another call goes on from there.
    package func prepareDatabase(
        named database: String, owner: String, app: String, on loop: EventLoop
    ) async throws(PostgresError) {
        for name in [database, owner, app] {
            guard !name.isEmpty,
                name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
            else { throw .configuration("\(name) is not a plain name") }
        }
        let server = try await PostgresSession.open(loop: loop, configuration: configuration())
        defer { server.close() }
        for role in [owner, app] {
            do {
                _ = try await server.run(
                    "CREATE ROLE \(role) LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
            } catch  where error.state == .duplicateObject || error.state == .uniqueViolation {}
        }
        do {
            _ = try await server.run("CREATE DATABASE \(database) OWNER \(owner)")
        } catch  where error.state == .duplicateDatabase {}
        let inside = try await PostgresSession.open(
            loop: loop, configuration: configuration(database: database))
        defer { inside.close() }
        _ = try await inside.run(
            """
            REVOKE ALL ON DATABASE \(database) FROM PUBLIC;
            GRANT CONNECT ON DATABASE \(database) TO \(app);
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO \(app);
            ALTER DEFAULT PRIVILEGES FOR ROLE \(owner) IN SCHEMA public
                GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(app);
            ALTER DEFAULT PRIVILEGES FOR ROLE \(owner) IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO \(app)
            """)
    }
}
