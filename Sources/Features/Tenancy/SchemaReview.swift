package import Postgres

/// Walks the whole schema of a database and names what breaks the rule of ``TenancyExceptions``.
///
/// It runs as the schema's owner. A table that nobody thought of is found here, not in production.
package enum SchemaReview {
    /// The one condition that policies may have, as Postgres prints it.
    static let tenantCondition =
        "(institution_id = (NULLIF(current_setting('cohort.institution'::text, true), ''::text))::bigint)"

    private static let tables: Statement = """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
            EXISTS (
                SELECT 1 FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'institution_id' AND a.attnotnull AND NOT a.attisdropped),
            ARRAY(
                SELECT pg_get_expr(p.polqual, p.polrelid) || '|'
                    || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid))
                FROM pg_policy p WHERE p.polrelid = c.oid),
            ARRAY(
                SELECT i.indexrelid::regclass::text FROM pg_index i
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND a.attname <> 'institution_id'
                UNION ALL
                SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = 0)
        FROM pg_class c
        WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v') AND NOT c.relispartition
            AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
            AND c.relpersistence <> 't' AND c.relnamespace::regnamespace::text NOT LIKE 'pg_toast%'
        ORDER BY c.relname
        """

    private static let functions: Statement = """
        SELECT p.proname, coalesce(array_to_string(p.proconfig, ','), '') LIKE '%search_path=%',
            has_function_privilege('public', p.oid, 'EXECUTE')
        FROM pg_proc p
        WHERE p.prosecdef AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        ORDER BY p.proname
        """

    private static let role: Statement = """
        SELECT rolname FROM pg_roles WHERE rolname = 'cohort_app' AND (rolsuper OR rolbypassrls)
        UNION ALL
        SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner AND r.rolname = 'cohort_app'
        """

    /// One sentence for each finding; none for a schema as it must be.
    ///
    /// - Parameters:
    ///   - pool: Connections of the schema's owner.
    ///   - globalTables: Reviewed tables without a policy, with their reasons.
    ///   - definerFunctions: Reviewed functions with their owner's rights, with their reasons.
    /// - Returns: The findings, by kind and name.
    /// - Throws: What the database throws.
    package static func findings(
        _ pool: PostgresPool, globalTables: [String: String] = TenancyExceptions.globalTables,
        definerFunctions: [String: String] = TenancyExceptions.definerFunctions
    ) async throws(PostgresError) -> [String] {
        var findings: [String] = []
        for row in try await pool.query(tables, tenant: nil) {
            let table = try row.text(0)
            guard globalTables[table] == nil else { continue }
            if !(try row.bool(3)) { findings.append("\(table) has no institution_id that is never null") }
            if !(try row.bool(1)) { findings.append("\(table) has no row-level security") }
            if !(try row.bool(2)) {
                findings.append("\(table) does not force row-level security on its owner")
            }
            let policies = try row.textArray(4)
            if policies.isEmpty { findings.append("\(table) has no policy") }
            for policy in policies where policy != "\(tenantCondition)|\(tenantCondition)" {
                findings.append("\(table) has a policy of another kind: \(policy)")
            }
            for index in try row.textArray(5) {
                findings.append("\(index) does not begin with institution_id")
            }
        }
        for row in try await pool.query(functions, tenant: nil) {
            let function = try row.text(0)
            if definerFunctions[function] == nil {
                findings.append("\(function) runs with its owner's rights")
            }
            if !(try row.bool(1)) { findings.append("\(function) has no fixed search_path") }
            if try row.bool(2) { findings.append("\(function) may be called by every role") }
        }
        for row in try await pool.query(role, tenant: nil) {
            findings.append("cohort_app is too mighty: \(try row.text(0))")
        }
        return findings
    }
}
