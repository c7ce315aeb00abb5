/// The kinds of things that a copy of a course brings along.
package enum CopyKind: String, Hashable, Sendable, CaseIterable {
    case settings
    case folder
    case file
    case page
    case topic
    case assignment
    case quiz
    case question
    case module
    case item
}
