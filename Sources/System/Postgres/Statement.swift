/// One SQL statement's text, with `$1`, `$2`, … for its parameters.
///
/// It is prepared once per connection, known by its text, and stays prepared: texts must come from a bounded
/// set, never be put together from input.
package struct Statement: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The text.
    package let sql: String
    /// Whether connections keep it prepared.
    package let isPrepared: Bool

    package init(stringLiteral value: String) { self.init(value) }

    /// Makes a statement.
    ///
    /// - Parameters:
    ///   - sql: One statement.
    ///   - isPrepared: `false` parses it anew each time: for rare ones, and for those whose tables appear only
    ///     earlier in the same transaction.
    package init(_ sql: String, isPrepared: Bool = true) {
        self.sql = sql
        self.isPrepared = isPrepared
    }
}
