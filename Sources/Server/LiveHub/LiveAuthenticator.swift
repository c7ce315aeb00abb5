package import JSON
package import Postgres
package import WebServer

/// Turns credentials into a caller.
package protocol LiveAuthenticator: Sendable {
    /// Reads a connection token; on a loop.
    ///
    /// - Throws: ``LiveAuthenticationError``.
    func caller(token: String) async throws(LiveAuthenticationError) -> LiveCaller

    /// Reads a token that lets one caller into one channel; on a loop.
    ///
    /// - Throws: ``LiveAuthenticationError``.
    func ticket(
        token: String, of caller: LiveCaller, to channel: String
    ) async throws(LiveAuthenticationError) -> SubscriptionTicket

    /// The caller that a session cookie stands for.
    func caller(principal: Principal) -> LiveCaller

    /// Which of these callers, in their order, are still who they were; `nil` when that cannot be told now.
    ///
    /// Asked for those who may not be any more, and every minute for all: a credential that was withdrawn ends its
    /// sessions.
    func areCurrent(_ callers: [LiveCaller], pool: PostgresPool) async -> [Bool]?

    /// Whose credentials may have been withdrawn in some institutions since an earlier answer; `nil` when that cannot
    /// be told, and everybody is asked about.
    ///
    /// Asked every second. Without a `mark` only the one for the next question is wanted.
    func withdrawals(
        since mark: String?, in institutions: [TenantID], pool: PostgresPool
    ) async -> CredentialWithdrawals?
}

extension LiveAuthenticator {
    package func ticket(
        token: String, of caller: LiveCaller, to channel: String
    ) async throws(LiveAuthenticationError) -> SubscriptionTicket { throw .invalid }

    package func withdrawals(
        since mark: String?, in institutions: [TenantID], pool: PostgresPool
    ) async -> CredentialWithdrawals? { nil }
}

/// What a subscription token gives.
package struct SubscriptionTicket: Sendable, Hashable {
    /// When the subscription ends, in seconds since 1970; `nil` for never.
    package let expiresAt: Int64?
    /// What others in the channel are told of the subscriber.
    package let info: RawJSON?

    package init(expiresAt: Int64? = nil, info: RawJSON? = nil) {
        self.expiresAt = expiresAt
        self.info = info
    }
}

/// Whose credentials may have been withdrawn.
package struct CredentialWithdrawals: Sendable {
    /// What the next question begins with.
    package let mark: String
    /// Users by institution; 0 stands for everybody there.
    package let users: [TenantID: Set<Int64>]

    package init(mark: String, users: [TenantID: Set<Int64>]) {
        self.mark = mark
        self.users = users
    }

    /// Whether a caller is among them.
    func concern(_ caller: LiveCaller) -> Bool {
        guard let users = users[caller.institution] else { return false }
        return users.contains(0) || caller.user.map { users.contains($0) } ?? false
    }
}

/// Why a token is no credential.
package enum LiveAuthenticationError: Error {
    /// It was good once; the client should fetch a new one.
    case expired
    /// It never was one of ours, or it was altered.
    case invalid
    /// It cannot be judged now; the client may try again.
    case unavailable
}
