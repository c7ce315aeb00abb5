import Assessment
import Classroom
import Content
import Courses
import HTTPTypes
import LiveHub
import Operations
import Privacy
import Rostering
import Search
import Tenancy
import WebServer

/// Every way into the server over HTTP: each feature's table, listed once.
enum Routes {
    /// The routes of a node.
    ///
    /// - Parameters:
    ///   - configuration: The settings.
    ///   - classroom: The node's classes.
    ///   - files: The pages and what belongs to them.
    ///   - hasTestEndpoints: Whether `/echo` exists.
    /// - Returns: All routes, as the route table takes them.
    static func all(
        _ configuration: Configuration, classroom: ClassroomFeature, files: StaticFiles,
        hasTestEndpoints: Bool
    ) -> [Route] {
        var routes = ProbeRoutes.all(watchers: configuration.metricsReaders)
        routes += TenancyRoutes.all
        routes += CoursesRoutes.all(additions: [LiveClassesOfCourses()])
        routes += ContentRoutes.all(largestFile: configuration.content.settings.largestFile)
        routes += SearchRoutes.all
        routes += RosteringRoutes.all
        routes += AssessmentRoutes.all(classes: CourseOfLiveClass(classroom))
        routes += ClassroomRoutes.all(classroom)
        routes += PrivacyRoutes.all
        routes += OperationsRoutes.all
        routes.append(
            LiveEndpoint.route(
                messageBytes: configuration.live.messageBytes,
                allowsDeflate: configuration.live.compresses,
                scope: Permissions.of("POST /api/v1/live_token").scope))
        routes += Server.appRoutes(configuration)
        routes += files.routes()
        if hasTestEndpoints { routes.append(EchoEndpoint.route) }
        return routes
    }
}
