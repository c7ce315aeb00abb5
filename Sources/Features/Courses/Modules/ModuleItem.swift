/// One place in a module, and what it leads to.
struct ModuleItem: Hashable, Sendable {
    /// Items of one course at most.
    static let mostPerCourse = 3_000
    /// Steps that an item may be indented by.
    static let indents = 0...5

    /// What an item leads to, in Canvas's words.
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case file = "File"
        case page = "Page"
        case discussion = "Discussion"
        case assignment = "Assignment"
        case quiz = "Quiz"
        /// Leads nowhere: a heading.
        case subHeader = "SubHeader"
        case externalURL = "ExternalUrl"
        case externalTool = "ExternalTool"
    }

    /// Unique in the deployment.
    let id: Int64
    var module: Int64
    /// Counted from 1 within the module, without gaps.
    var position: Int64
    /// What it is sorted by; see ``SparseOrder``.
    var rank: Int64 = 0
    var indent: Int64
    let kind: Kind
    /// Its own title; `nil` where that of what it leads to is shown.
    var ownTitle: String?
    /// The title to show.
    var title: String
    /// The id of what it leads to.
    let content: Int64?
    /// The page's address, of a page.
    let pageURL: String?
    var externalURL: String?
    /// Whether it is to be opened beside the course.
    var opensNewTab: Bool
    /// Whether students and observers see it; a page's or discussion's item is what that is.
    var isPublished: Bool
    var requirement: CompletionRequirement?
    /// What is known of an assignment or quiz.
    var details: CourseworkDetails?

    /// The assignment or quiz that it leads to.
    var coursework: CourseworkReference? {
        guard let content else { return nil }
        return switch kind {
        case .assignment: CourseworkReference(.assignment, content)
        case .quiz: CourseworkReference(.quiz, content)
        default: nil
        }
    }
}
