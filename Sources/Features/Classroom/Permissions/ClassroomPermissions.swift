package import Courses
package import WebServer

/// Who may subscribe to which channel, call which method and use which route: the one table of this feature.
///
/// Roles are those in the class: staff of the course are instructors, students are students, and everybody else
/// (observers, parents, strangers) is nobody there.
package enum ClassroomPermissions {
    // MARK: Channels

    /// What a subscriber of a channel may do.
    package struct Subscription: Hashable, Sendable {
        package let hasSnapshot: Bool
        package let hasPresence: Bool
    }

    /// What a role in the class may do in a channel of the class; `nil` where it may not subscribe.
    ///
    /// ``ClassChannel/personal`` is not a channel of the class: see ``mayFollow(personalOf:user:)``.
    package static func subscription(_ channel: ClassChannel, _ role: ClassMember.Role) -> Subscription? {
        switch (channel, role) {
        case (.class, _), (.chat, _), (.board, _), (.quiz, _):
            Subscription(hasSnapshot: true, hasPresence: role == .instructor)
        case (.staff, .instructor): Subscription(hasSnapshot: true, hasPresence: true)
        case (.staff, .student), (.personal, _): nil
        }
    }

    /// A personal channel is its user's alone, whatever roles others have.
    package static func mayFollow(personalOf owner: Int64, user: Int64?) -> Bool { owner == user }

    // MARK: Methods and signals

    /// The roles that may call a method at all.
    ///
    /// Rules about whose message or element it is come on top.
    package static func roles(_ method: ClassMethod) -> Set<ClassMember.Role> {
        switch method {
        case .start, .end, .lock, .announce, .pin, .allow, .show, .open, .close, .reveal, .mute, .remove,
            .members:
            [.instructor]
        case .answer: [.student]
        case .send, .edit, .delete, .apply, .raise, .lower, .react, .me, .history: [.instructor, .student]
        }
    }

    /// The roles that may send a signal; drawing needs leave on top.
    package static func roles(_ signal: ClassSignal) -> Set<ClassMember.Role> {
        switch signal {
        case .cursor, .stroke, .typing: [.instructor, .student]
        }
    }

    // MARK: Routes

    /// A route, by method and pattern.
    package enum Action: String, CaseIterable, Sendable {
        case list = "GET /api/v1/courses/:id/live_classes"
        case create = "POST /api/v1/courses/:id/live_classes"
        case show = "GET /api/v1/live_classes/:c"
        case update = "PUT /api/v1/live_classes/:c"
        case delete = "DELETE /api/v1/live_classes/:c"
        case start = "POST /api/v1/live_classes/:c/start"
        case end = "POST /api/v1/live_classes/:c/end"
    }

    /// The standings in the course that may use a route.
    package static func roles(_ action: Action) -> Set<CourseRole> {
        switch action {
        case .list, .show: [.staff, .student, .observer]
        case .create, .update, .delete, .start, .end: [.staff]
        }
    }

    /// Lets pass whose standing may.
    ///
    /// - Throws: 403 for all others.
    package static func require(_ action: Action, _ role: CourseRole) throws(WebError) {
        guard roles(action).contains(role) else { throw .forbidden }
    }
}
