import LiveHub
import Postgres
import Tenancy
import WebServer

/// Turns live tokens and session cookies into callers of the live layer, by Tenancy's rules.
struct TokenAuthenticator: LiveAuthenticator {
    let tokens: LiveTokens
    /// Reads what the operator's own apps have signed, where there are any.
    var apps: AppAuthenticator?

    func caller(token: String) async throws(LiveAuthenticationError) -> LiveCaller {
        do throws(LiveAuthenticationError) {
            return try await member(token: token)
        } catch {
            guard error == .invalid, let apps else { throw error }
            return try await apps.caller(token: token)
        }
    }

    func ticket(
        token: String, of caller: LiveCaller, to channel: String
    ) async throws(LiveAuthenticationError) -> SubscriptionTicket {
        guard let apps else { throw .invalid }
        return try await apps.ticket(token: token, of: caller, to: channel)
    }

    /// Somebody of an institution.
    private func member(token: String) async throws(LiveAuthenticationError) -> LiveCaller {
        let claims: LiveClaims
        do {
            claims = try await tokens.verify(token, at: WallClock.milliseconds)
        } catch {
            switch error {
            case .expired: throw .expired
            case .keysUnavailable: throw .unavailable
            default: throw .invalid
            }
        }
        // Every channel belongs to an institution: a token that names none reaches nothing.
        guard let institution = claims.institution else { throw .invalid }
        return LiveCaller(
            institution: institution, user: claims.user, subject: claims.subject, name: claims.name ?? "",
            roles: claims.role.map(TokenAuthenticator.roles) ?? [], expiresAt: claims.expiresAt / 1000,
            session: claims.session, accessToken: claims.accessToken)
    }

    /// The roles of somebody whose token names one: one set for all of them.
    private static func roles(_ role: Role) -> Set<String> { sets[role] ?? [role.rawValue] }

    private static let sets = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, Set([$0.rawValue])) })

    /// A cookie's caller has no time to run out at: ``areCurrent(_:pool:)`` ends it with its session.
    func caller(principal: Principal) -> LiveCaller {
        LiveCaller(
            institution: principal.institution, user: principal.user, subject: String(principal.user),
            name: principal.name, roles: principal.roles, principal: principal)
    }

    func withdrawals(
        since mark: String?, in institutions: [TenantID], pool: PostgresPool
    ) async -> CredentialWithdrawals? {
        guard let found = try? await Revocation(pool: pool).changes(since: mark, in: institutions) else {
            return nil
        }
        return CredentialWithdrawals(mark: found.mark, users: found.users)
    }

    func areCurrent(_ callers: [LiveCaller], pool: PostgresPool) async -> [Bool]? {
        let revocation = Revocation(pool: pool)
        do {
            let signedIn = callers.compactMap(\.principal)
            var answers = try await revocation.areCurrent(signedIn).makeIterator()
            let gone = try await gone(behindTokensOf: callers, revocation)
            let ended = try await ended(behindTokensOf: callers, revocation)
            return callers.map { caller in
                if caller.principal != nil { return answers.next() ?? true }
                guard let user = caller.user else { return true }
                return gone[caller.institution]?.contains(user) != true
                    && ended[caller.institution]?.concerns(caller) != true
            }
        } catch {
            return nil
        }
    }

    /// Sessions and access tokens that are no more.
    private struct Ended {
        let sessions: Set<Int64>
        let tokens: Set<Int64>

        func concerns(_ caller: LiveCaller) -> Bool {
            caller.session.map(sessions.contains) == true || caller.accessToken.map(tokens.contains) == true
        }
    }

    /// Of the credentials with which live tokens were got, those that have ended.
    private func ended(
        behindTokensOf callers: [LiveCaller], _ revocation: Revocation
    ) async throws(PostgresError) -> [TenantID: Ended] {
        var asked: [TenantID: (sessions: [Int64], tokens: [Int64])] = [:]
        for caller in callers {
            if let session = caller.session {
                asked[caller.institution, default: ([], [])].sessions.append(session)
            }
            if let token = caller.accessToken {
                asked[caller.institution, default: ([], [])].tokens.append(token)
            }
        }
        var all: [TenantID: Ended] = [:]
        for (institution, credentials) in asked {
            let found = try await revocation.ended(
                sessions: credentials.sessions, tokens: credentials.tokens, in: institution)
            all[institution] = Ended(sessions: found.sessions, tokens: found.tokens)
        }
        return all
    }

    /// Of the users who came with a token, those who may not be here any more.
    private func gone(
        behindTokensOf callers: [LiveCaller], _ revocation: Revocation
    ) async throws(PostgresError) -> [TenantID: Set<Int64>] {
        var asked: [TenantID: [Int64]] = [:]
        for caller in callers where caller.principal == nil {
            if let user = caller.user { asked[caller.institution, default: []].append(user) }
        }
        var gone: [TenantID: Set<Int64>] = [:]
        for (institution, users) in asked {
            gone[institution] = try await revocation.gone(of: users, in: institution)
        }
        return gone
    }
}
