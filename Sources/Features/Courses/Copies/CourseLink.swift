/// What a link in a course's text leads to, where that is something that copies of the course have too.
struct CourseLink: Hashable, Sendable {
    let kind: CopyKind
    /// An id; of a page its address, decoded.
    let name: String
}
