package import Postgres

/// Who a request speaks for: one user of one institution.
package struct Principal: Sendable, Hashable {
    /// How the user has shown who they are.
    package enum Credential: Sendable, Hashable {
        /// A session cookie: the session's id, and the token that unsafe methods must repeat in `X-CSRF-Token`.
        case cookie(session: Int64, csrf: String)
        /// A bearer token, by its id.
        case bearer(token: Int64)
    }

    /// The institution that everything the request does belongs to.
    package var institution: TenantID
    /// The user's id, unique in the deployment.
    package var user: Int64
    /// The person behind the user, who may have users in other institutions.
    package var person: Int64
    /// The name to show.
    package var name: String
    /// The login within the institution.
    package var login: String
    /// The roles' names: `student`, `instructor`, `admin`, `parent`.
    package var roles: Set<String>
    /// How the user has shown who they are.
    package var credential: Credential
    /// When the credential ends, in milliseconds since 1970; `nil` for never.
    package var expiresAt: Int64?
    /// The routes that the credential is good for, as `url:GET|/api/v1/courses/:id`; `nil` for all.
    package var scopes: Set<String>?

    /// Describes a user who is signed in.
    package init(
        institution: TenantID, user: Int64, person: Int64, name: String, login: String, roles: Set<String>,
        credential: Credential, expiresAt: Int64? = nil, scopes: Set<String>? = nil
    ) {
        self.institution = institution
        self.user = user
        self.person = person
        self.name = name
        self.login = login
        self.roles = roles
        self.credential = credential
        self.expiresAt = expiresAt
        self.scopes = scopes
    }

    /// Whether the user holds the role of that name.
    package func has(role: String) -> Bool { roles.contains(role) }
}
