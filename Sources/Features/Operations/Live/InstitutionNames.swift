package import Postgres
import Tenancy

/// Looks up what institutions are called.
///
/// Confined to the pool's loop.
package struct InstitutionNames {
    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// The names by id; an institution that was deleted meanwhile is missing.
    package func read(_ institutions: some Collection<TenantID>) async throws -> [TenantID: String] {
        let directory = Directory(pool: pool)
        var names: [TenantID: String] = [:]
        if institutions.count > 20 {
            let wanted = Set(institutions)
            for found in try await directory.institutions() where wanted.contains(found.id) {
                names[found.id] = found.name
            }
        } else {
            for id in institutions { names[id] = try await directory.institution(id)?.name }
        }
        return names
    }
}
