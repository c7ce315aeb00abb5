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
    package let user: Int64?
    /// The user's id as the protocol carries it (the token's `sub`).
    package let subject: String
    /// The name that others see.
    package let name: String
    /// The roles in the institution.
    package let roles: Set<String>
    /// When the credential runs out, in seconds since 1970; `nil` for never.
    package let expiresAt: Int64?
    /// Who is signed in, for a caller who came with a cookie; `nil` for one who came with a token.
    package let principal: Principal?
    /// The session, or the access token, that a live token was got with; `nil` where it names none.
    package let session: Int64?
    package let accessToken: Int64?
    /// For a caller of an operator's own app, what its token says besides; `nil` for everybody else.
    package let app: AppCredential?

    /// Describes a caller.
    package init(
        institution: TenantID, user: Int64?, subject: String, name: String, roles: Set<String>,
        expiresAt: Int64? = nil, principal: Principal? = nil, session: Int64? = nil,
        accessToken: Int64? = nil,
        app: AppCredential? = nil
    ) {
        self.app = app
        self.session = session
        self.accessToken = accessToken
        self.institution = institution
        self.user = user
        self.subject = subject
        self.name = name
        self.roles = roles
        self.expiresAt = expiresAt
        self.principal = principal
    }
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
