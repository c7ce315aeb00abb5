import JSON
import Tenancy
import WebServer

extension Page {
    /// The state as the database has it.
    var state: String { isPublished ? "active" : "unpublished" }

    /// A page that does not exist yet.
    static func blank(title: String, by call: CourseCall) -> Page {
        Page(
            id: 0, url: "", title: title, body: "", isPublished: false, isFrontPage: false, editors: .staff,
            revision: 1, editor: Author(id: call.principal.user, name: call.principal.name), createdAt: 0,
            updatedAt: 0)
    }

    /// Writes the page's members: the body where it is there, and not locked.
    func writeMembers(_ json: inout JSONWriter, isLocked: Bool) {
        // Canvas calls it page_id; canvasapi asks for both.
        json.member("id", id)
        json.member("page_id", id)
        json.member("url", url)
        json.member("title", title)
        json.member("created_at", ISO8601.text(milliseconds: createdAt))
        json.member("updated_at", ISO8601.text(milliseconds: updatedAt))
        json.member("published", isPublished)
        json.member("hide_from_students", !isPublished)
        json.member("front_page", isFrontPage)
        json.member("editing_roles", editors.text)
        json.name("last_edited_by")
        editor.write(&json)
        json.member("locked_for_user", isLocked)
        if isLocked {
            json.member("lock_explanation", ContentLocks.explanation)
        } else {
            json.member("body", body)
        }
    }
}
