import JSON
import Tenancy

/// Whom to look for, as a request says.
struct RecipientSearch: Hashable, Sendable {
    /// What is looked for.
    enum Kind: String, CaseIterable, Sendable { case user, context }

    /// `nil` for everybody.
    let text: SearchTerm?
    /// `nil` for both.
    let kind: Kind?
    /// The course whose people; `nil` for all.
    let course: Int64?
    let excludedUsers: [Int64]
    let excludedCourses: [Int64]
    /// One user alone.
    let user: Int64?

    /// Things that can be left out.
    private static let mostExcluded = 500

    /// Reads `search`, `context`, `exclude[]`, `type` and `user_id`.
    ///
    /// - Throws: An error that names what cannot be understood.
    init(_ query: JSONFields) throws(FieldError) {
        text = try query.sought("search")
        kind = try query.optionalString("type", oneOf: Kind.allCases.map(\.rawValue)).flatMap(Kind.init)
        user = try query.optionalID("user_id")
        if let context = try query.optionalString("context", max: 40), !context.isEmpty {
            guard let course = Self.course(context) else {
                throw query.error("context", .other("must name a course, as course_17"))
            }
            self.course = course
        } else {
            course = nil
        }
        var (users, courses): ([Int64], [Int64]) = ([], [])
        for text in try query.texts("exclude", atMost: Self.mostExcluded) {
            if let id = Int64(text), id > 0 {
                users.append(id)
            } else if let id = Self.course(text) {
                courses.append(id)
            }
        }
        (excludedUsers, excludedCourses) = (users, courses)
    }

    /// The id in `course_17`.
    private static func course(_ text: String) -> Int64? {
        guard text.hasPrefix("course_"), let id = Int64(text.dropFirst("course_".count)),
            (1...JSONFields.largestID).contains(id)
        else { return nil }
        return id
    }
}
