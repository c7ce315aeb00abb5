import JSON

/// What is to happen to many courses of an account.
struct CourseBatch: Hashable, Sendable {
    /// Courses at most, as in Canvas.
    static let mostCourses = 500

    /// Canvas's words for it.
    enum Event: String, Hashable, Sendable, CaseIterable {
        case offer
        case conclude
        case delete
        /// Puts back what was deleted, as it was before.
        case undelete
    }

    let courses: NamedThings
    let event: Event

    /// Reads `course_ids[]` and `event`.
    ///
    /// - Throws: An error that names the member.
    init(_ fields: JSONFields) throws(FieldError) {
        courses = try NamedThings(
            "course_ids", kind: "sis_course_id", in: fields, atMost: Self.mostCourses)
        let name = try fields.string("event", oneOf: Event.allCases.map(\.rawValue))
        event = Event(rawValue: name) ?? .offer
    }

    /// What the job is told; ``init(_:)`` reads it again.
    var payload: JSONValue {
        [
            "course_ids": .array(courses.written.map { .string($0) }), "event": .string(event.rawValue),
        ]
    }

    /// Why a course in this state cannot be treated so; `nil` when it can, or is so already.
    func refusal(of state: String?) -> String? {
        switch (state, event) {
        case (nil, _): "The account has no such course."
        case ("deleted", .offer), ("deleted", .conclude): "The course is deleted."
        default: nil
        }
    }
}
