import JSON
package import Postgres

/// Writes to the audit log of an institution.
package enum AuditLog {
    /// Notes events within the transaction that does what they say: both are there, or neither.
    ///
    /// The transaction is the institution's. Roles, access tokens and links of parents are not for this function: triggers
    /// note them, with the origin that the transaction's options carry (`AuditOrigin.options`; `Call.commit` does it).
    ///
    /// - Parameters:
    ///   - events: What happened, in order.
    ///   - institution: Where.
    ///   - transaction: The transaction.
    /// - Throws: What the database throws.
    package static func record(
        _ events: AuditEvent..., in institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) {
        try await transaction.query(events.map { ($0.statement, $0.values(institution)) })
    }
}

extension AuditEvent {
    /// What writes an event, for callers that send it along with other statements.
    package var statement: Statement { AuditQueries.record }

    /// The values of ``statement``.
    package func values(_ institution: InstitutionID) -> [PostgresValue] {
        let json = RawJSON { json in
            json.object { json in
                for (name, detail) in details.sorted(by: { $0.key < $1.key }) {
                    switch detail {
                    case .number(let number): json.member(name, number)
                    case .word(let word): json.member(name, word)
                    }
                }
            }
        }
        return [
            .int(institution.rawValue), .text(kind.rawValue), .int(origin.actor), .int(subject),
            .text(origin.address), .text(origin.request), .json(json.bytes),
        ]
    }
}
