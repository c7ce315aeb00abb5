import Tenancy
import WebServer

/// Every way to a course's contents over HTTP.
enum ContentRoutes {
    static let all = pages

    private static let pages: [Route] = {
        let pages = "/api/v1/courses/:course_id/pages"
        let front = "/api/v1/courses/:course_id/front_page"
        let revisions = "\(pages)/:url_or_id/revisions"
        return [
            .course("GET \(pages)", PageRoutes.list),
            .course("POST \(pages)", bodyLimit: PageRoutes.bodyLimit, PageRoutes.create),
            .course("GET \(pages)/:url_or_id", PageRoutes.show),
            .course("PUT \(pages)/:url_or_id", bodyLimit: PageRoutes.bodyLimit, PageRoutes.update),
            .course("DELETE \(pages)/:url_or_id", PageRoutes.delete),
            .course("GET \(front)", PageRoutes.showFront),
            .course("PUT \(front)", bodyLimit: PageRoutes.bodyLimit, PageRoutes.updateFront),
            .course("GET \(revisions)", PageRevisionRoutes.list),
            .course("GET \(revisions)/:revision_id", PageRevisionRoutes.show),
            .course("POST \(revisions)/:revision_id", PageRevisionRoutes.revert),
        ]
    }()
}
