import HTTPTypes
import JSON
import LiveHub
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
        case .setNode: setNode
        }
    }

    /// What happens now, and what has happened within the last hour.
    private static func showLive(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        try OperationsPermissions.require(.showLive, principal)
        let monitor = context.service(LiveMonitor.self)
        let isOperator = monitor.isOperator(principal)
        let scope: LiveScope = isOperator ? .all : .institution(principal.institution)
        let picture = monitor.picture(of: scope)
        let names = try await InstitutionNames(pool: context.pool).read(picture.institutions.keys)
        let report = LiveReport(
            picture: picture, names: names, nodes: isOperator ? monitor.nodeReports() : [],
            since: request.queryValue("since").flatMap { Int64($0) }, at: context.nowMilliseconds)
        return .json(report.json)
    }

    /// Takes a node out of rotation, or back: for those who see every institution.
    private static func setNode(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        try OperationsPermissions.require(.setNode, principal)
        let monitor = context.service(LiveMonitor.self)
        guard monitor.isOperator(principal) else { throw WebError.forbidden }
        let isAside = try request.fields().bool("aside")
        guard let node = request.parameters["id"].flatMap({ NodeID($0) }) else { throw WebError.notFound }
        switch monitor.setAside(node, isAside) {
        case .may: return .noContent
        case .unknown: throw WebError.notFound
        case .lastOne:
            throw WebError.conflict("No other node takes sessions.", code: "last_node")
        }
    }
}

extension LiveMonitor {
    /// Whether somebody sees every institution.
    fileprivate func isOperator(_ principal: Principal) -> Bool {
        operators.contains(principal.login.lowercased())
    }
}
