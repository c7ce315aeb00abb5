import JSON

/// Who besides staff may write a page's body, in Canvas's words.
struct PageEditors: Hashable, Sendable {
    private static let words = ["teachers", "students", "members", "public"]

    /// Staff alone.
    static let staff = PageEditors(["teachers"])

    private let roles: [String]

    private init(_ roles: [String]) { self.roles = roles }

    /// Reads what the database holds.
    init(stored text: String) { roles = text.split(separator: ",").map(String.init) }

    /// Reads a member: words with commas between them.
    ///
    /// - Throws: What names the member, for another word.
    init(_ name: String, in fields: JSONFields) throws(FieldError) {
        let given = try fields.string(name, in: 1...100).split(separator: ",").map { part in
            part.filter { $0 != " " }
        }
        guard !given.isEmpty, given.allSatisfy({ Self.words.contains($0) }) else {
            throw fields.error(name, .notOneOf(Self.words))
        }
        roles = Self.words.filter { given.contains($0) }
    }

    /// The words, as they are stored and told.
    var text: String { roles.joined(separator: ",") }

    /// Whether students may.
    var includeStudents: Bool { roles.contains { $0 != "teachers" } }
}
