/// A member of a request that is missing or is not what it must be.
package struct FieldError: Error, Hashable, Sendable {
    /// What is wrong with the field.
    package enum Problem: Hashable, Sendable {
        case missing
        /// The value is of another kind; the text says what is wanted: `a string`.
        case wrongKind(wanted: String)
        /// The string has more than so many characters (Unicode scalars).
        case tooLong(Int)
        /// The string has fewer than so many characters (Unicode scalars).
        case tooShort(Int)
        /// The string holds U+0000, which no text column can store.
        case holdsNUL
        /// The number is outside of these bounds.
        case outOfRange(String, String)
        /// The array has more than so many items.
        case tooMany(Int)
        /// The array has fewer than so many items.
        case tooFew(Int)
        /// The value is none of these.
        case notOneOf([String])
        /// Anything else; the text completes the sentence `field "x" …`.
        case other(String)
    }

    /// The way to the field from the request's outermost object, as `ops[3].element.id`; empty for that object itself.
    package let field: String
    package let problem: Problem

    package init(field: String, problem: Problem) {
        self.field = field
        self.problem = problem
    }

    /// A sentence without a full stop that may be shown to the sender.
    package var message: String { "\(field.isEmpty ? "the data" : "field \"\(field)\"") \(complaint)" }

    private var complaint: String {
        switch problem {
        case .missing: "is missing"
        case .wrongKind(let wanted): "must be \(wanted)"
        case .tooLong(let limit): "is longer than \(limit) \(limit == 1 ? "character" : "characters")"
        case .tooShort(1): "is empty"
        case .tooShort(let limit): "is shorter than \(limit) characters"
        case .holdsNUL: "holds the character U+0000"
        case .outOfRange(let lowest, let highest): "must be between \(lowest) and \(highest)"
        case .tooMany(let limit): "has more than \(limit) \(limit == 1 ? "item" : "items")"
        case .tooFew(1): "is empty"
        case .tooFew(let limit): "has fewer than \(limit) items"
        case .notOneOf(let choices):
            "must be one of \(choices.map { "\"\($0)\"" }.joined(separator: ", "))"
        case .other(let text): text
        }
    }
}
