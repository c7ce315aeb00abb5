/// How much one text may be.
package struct HTMLLimits: Sendable {
    /// Bytes; a larger text is refused.
    package var bytes = 1 << 20
    /// Elements that are written; a text with more is refused.
    package var elements = 20_000
    /// Elements inside one another; deeper ones lose their tags and keep their content.
    ///
    /// Browsers stop at 512, where they begin to put children beside their parents.
    package var depth = 100
    /// Attributes of one tag; further ones are not there.
    package var attributes = 50
    /// Bytes of one address; a longer one is not there.
    package var address = 2048

    /// The usual limits.
    package init() {}
}
