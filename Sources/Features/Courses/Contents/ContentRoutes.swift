import Tenancy
import WebServer

/// Every way to a course's contents over HTTP.
enum ContentRoutes {
    static let all = pages + discussions + modules

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

    private static let discussions: [Route] = {
        let topics = "/api/v1/courses/:course_id/discussion_topics"
        let topic = "\(topics)/:topic_id"
        let entry = "\(topic)/entries/:entry_id"
        return [
            .call("GET /api/v1/announcements", AnnouncementRoutes.list),
            .course("GET \(topics)", TopicRoutes.list),
            .course("POST \(topics)", TopicRoutes.create),
            .course("GET \(topic)", TopicRoutes.show),
            .course("PUT \(topic)", TopicRoutes.update),
            .course("DELETE \(topic)", TopicRoutes.delete),
            .course("GET \(topic)/view", EntryRoutes.view),
            .course("GET \(topic)/entries", EntryRoutes.list),
            .course("POST \(topic)/entries", EntryRoutes.create),
            .course("GET \(topic)/entry_list", EntryRoutes.byID),
            .course("PUT \(entry)", EntryRoutes.update),
            .course("DELETE \(entry)", EntryRoutes.delete),
            .course("GET \(entry)/replies", EntryRoutes.replies),
            .course("POST \(entry)/replies", EntryRoutes.reply),
            .course("PUT \(topic)/read", ReadMarkRoutes.topic(true)),
            .course("DELETE \(topic)/read", ReadMarkRoutes.topic(false)),
            .course("PUT \(topic)/subscribed", ReadMarkRoutes.follow(true)),
            .course("DELETE \(topic)/subscribed", ReadMarkRoutes.follow(false)),
            .course("POST \(entry)/rating", ReadMarkRoutes.rate),
            .course("PUT \(topic)/read_all", ReadMarkRoutes.all(true)),
            .course("DELETE \(topic)/read_all", ReadMarkRoutes.all(false)),
            .course("PUT \(entry)/read", ReadMarkRoutes.entry(true)),
            .course("DELETE \(entry)/read", ReadMarkRoutes.entry(false)),
        ]
    }()

    private static let modules: [Route] = {
        let modules = "/api/v1/courses/:course_id/modules"
        let items = "\(modules)/:module_id/items"
        return [
            .course("GET \(modules)", ModuleRoutes.list),
            .course("POST \(modules)", ModuleRoutes.create),
            .course("GET \(modules)/:id", ModuleRoutes.show),
            .course("PUT \(modules)/:id", ModuleRoutes.update),
            .course("DELETE \(modules)/:id", ModuleRoutes.delete),
            .course("PUT \(modules)/:id/relock", ModuleRoutes.relock),
            .course("GET \(items)", ItemRoutes.list),
            .course("POST \(items)", ItemRoutes.create),
            .course("GET \(items)/:id", ItemRoutes.show),
            .course("PUT \(items)/:id", ItemRoutes.update),
            .course("DELETE \(items)/:id", ItemRoutes.delete),
            .course("PUT \(items)/:id/done", ItemProgressRoutes.markDone(true)),
            .course("DELETE \(items)/:id/done", ItemProgressRoutes.markDone(false)),
            .course("POST \(items)/:id/mark_read", ItemProgressRoutes.markRead),
            .course("GET /api/v1/courses/:course_id/module_item_sequence", ItemSequenceRoutes.show),
        ]
    }()
}
