import Courses
import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum SearchRoutes {
    /// The routes; each loop provides ``SearchServices`` and the job queue.
    package static let all: [Route] = [
        .call("GET /api/v1/search/all_courses", CatalogueRoutes.list),
        .call("GET /api/v1/search/recipients", RecipientRoutes.list),
        .course("GET /api/v1/courses/:course_id/smartsearch", CourseSearchRoutes.find),
        .account("POST /api/v1/accounts/:account_id/search/rebuild", RebuildRoutes.create),
    ]
}
