import EventLoop
import Logging
import Postgres
import Synchronization
import WebServer

/// Notes sign-ins that failed, in the institutions whose own password of the login was tried, and in no other.
///
/// Behind the answer, which thereby takes as long as that to a login that nobody has. A login that nobody has belongs to
/// no institution and is noted nowhere. Any loop may call it; at ``mostPending`` lines under way further ones are
/// dropped, and the server's log says so.
final class FailedSignIns: Sendable {
    /// What a storm of wrong passwords may have waiting for the database.
    static let mostPending = 256

    private let pending = Atomic<Int>(0)

    /// Notes that the password of a person was wrong.
    func note(
        person: Int64, in institutions: [InstitutionID], _ request: WebRequest, _ context: WebContext
    ) {
        let named = institutions.map(\.description).joined(separator: " ")
        guard pending.add(1, ordering: .relaxed).newValue <= Self.mostPending else {
            pending.subtract(1, ordering: .relaxed)
            context.logger.warning(
                "a failed sign-in is not in the audit log",
                metadata: ["request_id": "\(request.id)", "institutions": "\(named)"])
            return
        }
        context.loop.run { [self] in
            do {
                try await Self.write(person, institutions, request, context)
            } catch {
                context.logger.warning(
                    "a failed sign-in is not in the audit log",
                    metadata: [
                        "request_id": "\(request.id)", "institutions": "\(named)", "cause": "\(error)",
                    ])
            }
            pending.subtract(1, ordering: .relaxed)
        }
    }

    private static func write(
        _ person: Int64, _ institutions: [InstitutionID], _ request: WebRequest, _ context: WebContext
    ) async throws {
        var calls: [(statement: Statement, values: [PostgresValue], tenant: InstitutionID)] = []
        for membership in try await Membership.all(of: person, context.pool)
        where institutions.contains(membership.institution.id) {
            let event = AuditEvent(
                .signInFailed, by: AuditOrigin(request).with(actor: nil), subject: membership.user,
                details: ["reason": .word("wrong_password")])
            let institution = membership.institution.id
            calls.append((event.statement, event.values(institution), institution))
        }
        try await context.pool.runApart(calls)
    }
}
