import EventLoop
import HTTPTypes
import Logging
import Postgres
import Synchronization
import WebServer

/// What forgotten passwords need of a process: keys, letters, bounds.
///
/// Any loop may use it. Requests are worked off behind their answers; at ``mostPending`` under way further ones are put off.
final class PasswordResets: Sendable {
    static let mostPending = 256

    let key: ResetToken.Key
    private let letters: PasswordLetters?
    private let throttle = Mutex(ResetThrottle())
    private let pending = Atomic<Int>(0)
    /// The requests that bore an `Idempotency-Key`, by it and by where they came from, each with what it was.
    private let repetitions = Mutex(BoundedCache<RepeatedReset, [UInt8]>(bound: mostRepetitions))

    /// Keys that a node remembers at most; then those not used for longest are forgotten.
    static let mostRepetitions = 20_000

    /// Who knows a key: whoever asks is nobody yet, so an address has to do.
    private struct RepeatedReset: Hashable, Sendable {
        let network: String
        let key: String
    }

    init(secret: [UInt8], letters: PasswordLetters?) {
        key = ResetToken.Key(secret: secret)
        self.letters = letters
    }

    /// Takes a request for a login or an address, and comes back before anything is looked up.
    ///
    /// - Parameters:
    ///   - name: What was asked for.
    ///   - key: The request's `Idempotency-Key`.
    ///   - request: The request.
    ///   - context: What the loop offers.
    /// - Returns: Whether this node has taken the same request with the same key before, and does nothing now.
    /// - Throws: The same for whoever exists: 429, 503 when too many are under way or the server sends no letters; 422 for a
    ///   key that stands for another request.
    func take(
        _ name: String, _ key: IdempotencyKey?, _ request: WebRequest, _ context: WebContext
    ) throws(WebError) -> Bool {
        guard let letters else {
            throw WebError(
                .serviceUnavailable, code: "no_mail",
                message: "This server sends no letters: ask whoever runs it for a new password.",
                retryAfter: 3600)
        }
        let place = key.map {
            RepeatedReset(network: SignInThrottle.network(of: request.remote), key: $0.text)
        }
        if let place, let key, let former = repetitions.withLock({ $0[place] }) {
            guard Digest.isEqual(former, key.digest) else { throw .keyReused }
            return true
        }
        let wait = throttle.withLock { $0.admit(name: name, address: request.remote, at: context.loop.now) }
        if let wait { throw .tooManyRequests(after: wait) }
        guard pending.add(1, ordering: .relaxed).newValue <= Self.mostPending else {
            pending.subtract(1, ordering: .relaxed)
            throw .unavailable()
        }
        if let place, let key { repetitions.withLock { $0[place] = key.digest } }
        context.loop.run { [self] in
            do {
                try await write(name, by: letters, request, context)
            } catch {
                context.logger.warning(
                    "a new password was asked for, and no letter is sent",
                    metadata: ["request_id": "\(request.id)", "cause": "\(error)"])
            }
            pending.subtract(1, ordering: .relaxed)
        }
        return false
    }

    private func write(
        _ name: String, by letters: PasswordLetters, _ request: WebRequest, _ context: WebContext
    ) async throws {
        for found in try await ResetSearch(pool: context.pool).people(name) {
            let token = ResetToken(
                person: found.person, passwordHash: found.passwordHash, key, at: context.nowMilliseconds)
            let isSent = found.address.map { letters.send(token, login: found.login, to: $0) } ?? false
            var calls: [(statement: Statement, values: [PostgresValue], tenant: InstitutionID)] = []
            for membership in try await Membership.all(of: found.person, context.pool) {
                let event = AuditEvent(
                    .passwordResetRequested, by: AuditOrigin(request).with(actor: nil),
                    subject: membership.user,
                    details: ["letter": .word(isSent ? "sent" : "none")])
                let institution = membership.institution.id
                calls.append((event.statement, event.values(institution), institution))
            }
            try await context.pool.runApart(calls)
        }
    }
}

extension AuditKind {
    /// Somebody asked for a new password; whether a letter went out.
    package static let passwordResetRequested = AuditKind(rawValue: "password_reset.requested")
}

/// The SQL of forgotten passwords.
enum ResetQueries {
    /// $1 a login or an address.
    static let people: Statement =
        "SELECT person_id, login, password_hash, address FROM tenancy_reset_people($1)"

    /// $1 person.
    static let person: Statement = "SELECT login, password_hash FROM tenancy_reset_person($1)"

    /// $1 person, $2 the hash that is known, $3 the new one, $4 address, $5 request.
    static let set: Statement = "SELECT institution_id, user_id FROM tenancy_set_password($1, $2, $3, $4, $5)"
}
