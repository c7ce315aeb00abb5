import Courses
import JSON
import LiveHub
import Postgres
import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum OperationsRoutes {
    /// The routes; they need a ``LiveMonitor`` and a `JobQueue` provided to every loop's context.
    package static let all: [Route] = [
        .call("GET /api/v1/ops/live", showLive),
        .course("GET /api/v1/courses/:course_id/live", showCourse),
        .call("PUT /api/v1/ops/nodes/:id", setNode),
        .call("GET /api/v1/ops/jobs", JobRoutes.show),
        .call("POST /api/v1/ops/jobs/redrive", JobRoutes.redriveMany),
        .call("POST /api/v1/ops/jobs/:id/redrive", JobRoutes.redriveOne),
    ]

    /// What happens now, and what has happened within the last hour.
    private static func showLive(_ call: Call) async throws -> WebResponse {
        let (request, context, principal) = (call.request, call.context, call.principal)
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

    /// Who is there in a course's classes now, on all nodes.
    private static func showCourse(_ call: CourseCall) async throws -> WebResponse {
        let picture = call.context.service(LiveMonitor.self).picture(of: .institution(call.institution))
        let rows = picture.classes.filter { $0.course == call.course && $0.institution == call.institution }
        return .json(LiveReport.course(call.course, rows, at: call.context.nowMilliseconds))
    }

    /// Takes a node out of rotation, or back: for those who see every institution.
    private static func setNode(_ call: Call) async throws -> WebResponse {
        let (request, context, principal) = (call.request, call.context, call.principal)
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
    func isOperator(_ principal: Principal) -> Bool {
        operators.contains(principal.login.lowercased())
    }
}
