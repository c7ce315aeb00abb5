import HTTPTypes
package import WebServer

/// Every way into this feature over HTTP.
package enum TenancyRoutes {
    /// The routes; they need ``TenancyServices/provide(to:)`` on every loop.
    package static let all: [Route] = TenancyPermissions.Action.allCases.map { action in
        let parts = action.rawValue.split(separator: " ")
        let method = HTTPRequest.Method(String(parts[0])) ?? .get
        // A sign-in is a few short strings.
        return Route(
            method, String(parts[1]), access: TenancyPermissions.access(action), bodyLimit: 16_384,
            handler(action))
    }

    private static func handler(_ action: TenancyPermissions.Action) -> Route.Handler {
        switch action {
        case .signIn: SessionRoutes.create
        case .showSession: SessionRoutes.show
        case .changeInstitution: SessionRoutes.change
        case .signOut: SessionRoutes.delete
        case .showSelf: UserRoutes.me
        case .showOwnProfile: UserRoutes.profile
        case .listObservees: UserRoutes.observees
        case .createLiveToken: LiveTokenRoutes.create
        }
    }
}
