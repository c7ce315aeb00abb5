package import Courses
import Postgres

/// One kind of things that can be found: where they are read, and who may see them.
///
/// To add one: a migration with `SELECT search_watch('table', 'kind', '{columns}')`, which has its changes noted, and a value
/// of this type in the program's list. The index is built anew by itself when the list is another.
package struct SearchSource: Sendable {
    /// What a document's text is.
    package enum Writing: Sendable {
        /// A name, in no language.
        case name
        case plain
        case html
    }

    /// What of a course its search finds.
    package struct Content: Sendable {
        /// What `filter[]` calls it: `pages`.
        package let filter: String
        /// What Canvas calls its class: `WikiPage`.
        package let type: String
        /// Which of some things, by their ids, the caller may see at this moment, as the primary has it.
        package let visible: @Sendable (CourseCall, [Int64]) async throws -> [SeenContent]

        /// Describes it.
        package init(
            filter: String, type: String,
            visible: @escaping @Sendable (CourseCall, [Int64]) async throws -> [SeenContent]
        ) {
            self.filter = filter
            self.type = type
            self.visible = visible
        }
    }

    /// Lower-case letters and underscores, 20 at most: as `search_watch` was told.
    package let kind: String
    package let writing: Writing
    /// `nil` for what is not in a course.
    package let content: Content?
    /// By ids: `$1` institution, `$2` ids.
    let some: Statement
    /// All, a page at a time: `$1` institution, `$2` the id after which to begin, `$3` how many.
    let page: Statement
    /// The ids of a course's: `$1` institution, `$2` course; `nil` for what is not in a course.
    let ofCourse: Statement?
    /// Raised when documents are read otherwise, so that the index is built anew.
    private let edition: Int

    /// Describes a source.
    ///
    /// - Parameters:
    ///   - kind: Its name in the outbox and the index.
    ///   - edition: Raised when documents are read otherwise.
    ///   - writing: What the body is.
    ///   - content: What of a course its search finds.
    ///   - columns: SQL for a document: id, course or null, owner or null, whether it is published, whether it is for members
    ///     alone, title, body, time of the last change.
    ///   - tables: SQL from `FROM` to the conditions, among them that the institution is `$1` and that it is not deleted.
    ///   - id: The column of the id.
    ///   - course: The column of the course.
    package init(
        kind: String, edition: Int = 1, writing: Writing, content: Content? = nil, columns: String,
        tables: String,
        id: String, course: String? = nil
    ) {
        self.kind = kind
        self.edition = edition
        self.writing = writing
        self.content = content
        some = Statement("SELECT \(columns) \(tables) AND \(id) = ANY ($2)")
        page = Statement("SELECT \(columns) \(tables) AND \(id) > $2 ORDER BY \(id) LIMIT $3")
        ofCourse = course.map { Statement("SELECT \(id) \(tables) AND \($0) = $2") }
    }

    /// What of it tells whether the index was built with it.
    var mark: String { "\(kind).\(edition)" }
}
