import Courses
import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum ClassroomRoutes {
    /// The routes.
    package static func all(_ feature: ClassroomFeature) -> [Route] {
        let classes = LiveClassRoutes(feature: feature)
        return [
            .call("GET /api/v1/users/self/upcoming_events", UpcomingRoutes.list),
            .course("GET /api/v1/courses/:course_id/live_classes", classes.list),
            .course("POST /api/v1/courses/:course_id/live_classes", classes.create),
            .call("GET /api/v1/live_classes/:id") { try await classes.show($0) },
            .call("PUT /api/v1/live_classes/:id") { try await classes.update($0) },
            .call("DELETE /api/v1/live_classes/:id") { try await classes.delete($0) },
            .call("POST /api/v1/live_classes/:id/start") { try await classes.change(.start, $0) },
            .call("POST /api/v1/live_classes/:id/end") { try await classes.change(.end, $0) },
        ]
    }
}
