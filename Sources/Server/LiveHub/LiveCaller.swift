package import JSON
package import Postgres
package import WebServer

/// Who is at the other end of a session.
///
/// Shared by everything that the session does.
package final class LiveCaller: Sendable {
    /// The institution; every channel that the caller reaches is of this one.
    package let institution: TenantID
    /// The user's id; `nil` for a token whose subject is not a number.
    package var user: Int64? { LiveCaller.known(userOrZero) }
    /// The user's id as the protocol carries it (the token's `sub`).
    package var subject: String { rarity?.subject ?? String(userOrZero) }
    /// The name that others see.
    package let name: String
    /// The roles in the institution.
    package let roles: Set<String>
    /// When the credential runs out, in seconds since 1970; `nil` for never.
    package var expiresAt: Int64? { LiveCaller.known(expiryOrZero) }
    /// Who is signed in, for a caller who came with a cookie; `nil` for one who came with a token.
    package var principal: Principal? { rarity?.principal }
    /// The session, or the access token, that a live token was got with; `nil` where it names none.
    package var session: Int64? { LiveCaller.known(sessionOrZero) }
    package var accessToken: Int64? { LiveCaller.known(accessTokenOrZero) }
    /// For a caller of an operator's own app, what its token says besides; `nil` for everybody else.
    package var app: AppCredential? { rarity?.app }

    // There is a caller for each of very many sessions: ids and times begin at 1, so that none of them needs a flag; and most of
    // them are users who came with a token that names them by their id.
    private let userOrZero: Int64
    private let expiryOrZero: Int64
    private let sessionOrZero: Int64
    private let accessTokenOrZero: Int64
    private let rarity: Rarity?

    private final class Rarity: Sendable {
        let subject: String
        let principal: Principal?
        let app: AppCredential?

        init(subject: String, principal: Principal?, app: AppCredential?) {
            (self.subject, self.principal, self.app) = (subject, principal, app)
        }
    }

    /// Describes a caller.
    package init(
        institution: TenantID, user: Int64?, subject: String, name: String, roles: Set<String>,
        expiresAt: Int64? = nil, principal: Principal? = nil, session: Int64? = nil,
        accessToken: Int64? = nil,
        app: AppCredential? = nil
    ) {
        sessionOrZero = session ?? 0
        accessTokenOrZero = accessToken ?? 0
        self.institution = institution
        userOrZero = user ?? 0
        self.name = name
        self.roles = roles
        expiryOrZero = expiresAt ?? 0
        let isPlain = principal == nil && app == nil && user.map(String.init) == subject
        rarity = isPlain ? nil : Rarity(subject: subject, principal: principal, app: app)
    }

    private static func known(_ value: Int64) -> Int64? { value == 0 ? nil : value }
}

/// What the token of an operator's own app says besides who bears it.
package final class AppCredential: Sendable {
    /// What others are told of the connection.
    package let info: RawJSON?
    /// What the connection is subscribed to by the server.
    package let channels: [String]

    package init(info: RawJSON? = nil, channels: [String] = []) {
        self.info = info
        self.channels = channels
    }
}

/// The name of one connection, unique in the deployment: a random UUID (RFC 9562, version 4).
package struct ClientID: Hashable, Sendable, CustomStringConvertible {
    private let id: PostgresUUID

    /// Makes a new name.
    package init() {
        let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
        let low = UInt64.random(in: .min ... .max) & ~(0b11 << 62) | (0b10 << 62)
        id = PostgresUUID(high: high, low: low)
    }

    package var description: String { id.description }
}
