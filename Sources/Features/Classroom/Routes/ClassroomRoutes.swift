import HTTPTypes
package import WebServer

/// Every way into this feature over HTTP.
package enum ClassroomRoutes {
    /// The routes.
    package static func all(_ feature: ClassroomFeature) -> [Route] {
        let classes = LiveClassRoutes(feature: feature)
        return ClassroomPermissions.Action.allCases.map { action in
            let parts = action.rawValue.split(separator: " ")
            let method = HTTPRequest.Method(String(parts[0])) ?? .get
            return Route(method, String(parts[1]), access: .signedIn, handler(action, classes))
        }
    }

    private static func handler(
        _ action: ClassroomPermissions.Action, _ classes: LiveClassRoutes
    ) -> Route.Handler {
        switch action {
        case .list: { try await classes.list($0, $1) }
        case .create: { try await classes.create($0, $1) }
        case .show: { try await classes.show($0, $1) }
        case .update: { try await classes.update($0, $1) }
        case .delete: { try await classes.delete($0, $1) }
        case .start: { try await classes.change(.start, $0, $1) }
        case .end: { try await classes.change(.end, $0, $1) }
        }
    }
}
