import Tenancy

/// A page of a course.
struct Page: Hashable, Sendable {
    /// Unique in the deployment.
    let id: Int64
    /// What its path names it by: see ``PageAddress``.
    var url: String
    var title: String
    /// Markup that was made safe; `nil` where a list leaves it out.
    var body: String?
    /// Whether students and observers see it.
    var isPublished: Bool
    /// Whether it is what the course opens with; there is one at most.
    var isFrontPage: Bool
    var editors: PageEditors
    /// The number of the newest revision.
    var revision: Int64
    /// Who wrote last.
    var editor: Author
    let createdAt: Int64
    let updatedAt: Int64

    /// Whether somebody of that standing may know of it.
    func isVisible(to role: CourseRole) -> Bool { isPublished || role == .staff }

    /// Whether somebody of that standing may write its body.
    func isEditable(by role: CourseRole) -> Bool {
        switch role {
        case .staff: true
        case .student: isPublished && editors.includeStudents
        case .observer: false
        }
    }
}
