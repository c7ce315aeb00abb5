import HTTPTypes
import Postgres
package import WebServer

/// Every way into this feature over HTTP.
package enum OperationsRoutes {
    /// The routes; they need a ``LiveMonitor`` provided to every loop's context.
    package static let all: [Route] = OperationsPermissions.Action.allCases.map { action in
        let parts = action.rawValue.split(separator: " ")
        let method = HTTPRequest.Method(String(parts[0])) ?? .get
        return Route(method, String(parts[1]), access: .signedIn, handler(action))
    }

    private static func handler(_ action: OperationsPermissions.Action) -> Route.Handler {
        switch action {
        case .showLive: showLive
        }
    }

    /// What happens now, and what has happened within the last hour.
    private static func showLive(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        try OperationsPermissions.require(.showLive, principal)
        let monitor = context.service(LiveMonitor.self)
        let isOperator = monitor.operators.contains(principal.login.lowercased())
        let scope: LiveScope = isOperator ? .all : .institution(principal.institution)
        let picture = monitor.picture(of: scope)
        let names = try await InstitutionNames(pool: context.pool).read(picture.institutions.keys)
        let report = LiveReport(
            picture: picture, names: names, nodes: isOperator ? [monitor.nodeReport()] : [],
            since: request.queryValue("since").flatMap { Int64($0) }, at: context.nowMilliseconds)
        return .json(report.json)
    }
}
