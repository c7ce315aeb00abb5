/// A course of one institution.
package struct Course: Hashable, Sendable {
    /// Where a course is in its life, in Canvas's words.
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// Not yet shown to students.
        case unpublished
        case available
        /// Over; to be read, not changed.
        case completed
    }

    /// Unique in the deployment.
    package let id: Int64
    /// What people call it.
    package let name: String
    /// The short form, as `BIO-1`.
    package let code: String
    /// Where it is in its life.
    package let state: State

    /// Describes a course.
    package init(id: Int64, name: String, code: String, state: State) {
        self.id = id
        self.name = name
        self.code = code
        self.state = state
    }

    /// Whether students and observers may see it.
    package var isPublished: Bool { state != .unpublished }
}
