/// What the tokenizer finds: comments, declarations and processing instructions are not among it.
enum HTMLToken: Equatable {
    /// Characters, with references decoded.
    case text([UInt8])
    case start(HTMLTag)
    /// An end tag by its name in lower-case; attributes of end tags mean nothing.
    case end(String)
}

/// A start tag.
struct HTMLTag: Equatable {
    /// The name in lower-case.
    var name: String
    /// Each name once, in lower-case, in the order written; of two with one name the first counts.
    var attributes: [HTMLAttribute] = []
    /// Whether it ends with a slash, which means something for SVG and MathML only.
    var isSelfClosing = false
}

/// One attribute, its value decoded.
struct HTMLAttribute: Equatable {
    var name: String
    var value: String
}
