package import WebServer

/// Who may use which route of this feature: the one table of it.
///
/// These routes act on whoever is signed in and on nobody else, so that no role makes a difference; routes that the
/// table leaves out do not exist.
package enum TenancyPermissions {
    /// A route, by method and pattern.
    package enum Action: String, CaseIterable, Sendable {
        case signIn = "POST /api/v1/session"
        case showSession = "GET /api/v1/session"
        case changeInstitution = "PUT /api/v1/session"
        case signOut = "DELETE /api/v1/session"
        case showSelf = "GET /api/v1/users/self"
        case showOwnProfile = "GET /api/v1/users/self/profile"
        case listObservees = "GET /api/v1/users/self/observees"
        case createLiveToken = "POST /api/v1/live_token"
    }

    /// Who may.
    package static func access(_ action: Action) -> Access {
        switch action {
        case .signIn: .anyone
        case .showSession, .changeInstitution, .signOut, .showSelf, .showOwnProfile, .listObservees,
            .createLiveToken:
            .signedIn
        }
    }
}
