/// Makes HTML that anybody may have written safe to be put into a page of ours.
///
/// The result is made anew from a tree of allowed elements with allowed attributes: nothing of the input is copied. It
/// may stand in any element that takes blocks (`div`, `article`, `td`), between its tags. Sanitizing it again changes
/// nothing. Pure; any thread may call it; its time grows with the input's length and nothing else.
package enum HTMLSanitizer {
    /// Elements that go with their content, in which nothing is a tag but their own end (HTML §13.2.5).
    private static let rawText: Set<String> = [
        "script", "style", "iframe", "noembed", "noframes", "noscript", "xmp", "textarea", "title",
    ]
    /// Elements that go with their content, which is no text for readers.
    private static let dropped: Set<String> = ["svg", "math", "template", "select", "datalist"]

    /// The canonical, safe form of `text`.
    ///
    /// - Throws: ``HTMLError`` for more than the policy's limits take; everything else has a result.
    package static func sanitize(_ text: String, policy: HTMLPolicy = HTMLPolicy()) throws(HTMLError)
        -> String
    {
        let writer = try walk(text, into: CanonicalWriter(), policy) { $0.elements > policy.limits.elements }
        guard writer.elements <= policy.limits.elements else {
            throw .tooManyElements(limit: policy.limits.elements)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What a reader sees of `text`, for previews and for search: at most `limit` bytes, cut between characters.
    ///
    /// - Throws: ``HTMLError/tooLarge(limit:)``.
    package static func plainText(
        of text: String, limit: Int = 1 << 20, policy: HTMLPolicy = HTMLPolicy()
    ) throws(HTMLError) -> String {
        try walk(text, into: PlainTextWriter(limit: limit), policy) { $0.isFull }.result()
    }

    private static func walk<Sink: HTMLSink>(
        _ text: String, into sink: Sink, _ policy: HTMLPolicy, until isDone: (Sink) -> Bool
    ) throws(HTMLError) -> Sink {
        guard text.utf8.count <= policy.limits.bytes else { throw .tooLarge(limit: policy.limits.bytes) }
        var tokens = HTMLTokenizer(text, attributeLimit: policy.limits.attributes)
        var tree = HTMLTreeBuilder(sink, depthLimit: policy.limits.depth)
        // The dropped element that is open, and how many of its kind.
        var dropping: (name: String, depth: Int)?
        while let token = tokens.next(), !isDone(tree.sink) {
            if let (name, depth) = dropping {
                switch token {
                case .start(let tag) where tag.name == name:
                    if !tag.isSelfClosing { dropping?.depth += 1 }
                case .start(let tag) where rawText.contains(tag.name) && name != "svg" && name != "math":
                    tokens.skipRawText(until: tag.name)
                case .end(name): dropping = depth > 1 ? (name, depth - 1) : nil
                default: break
                }
                continue
            }
            switch token {
            case .text(let bytes): tree.text(bytes)
            case .end(let name): if let element = HTMLElement.named(name) { tree.end(element) }
            case .start(let tag):
                if let element = HTMLElement.named(tag.name) {
                    start(element, tag, in: &tree, policy)
                } else if rawText.contains(tag.name) {
                    tokens.skipRawText(until: tag.name)
                } else if tag.name == "plaintext" {
                    tokens.skipAll()
                } else if dropped.contains(tag.name) {
                    let isForeign = tag.name == "svg" || tag.name == "math"
                    if !(isForeign && tag.isSelfClosing) { dropping = (tag.name, 1) }
                }
            }
        }
        tree.finish()
        return tree.sink
    }

    private static func start<Sink: HTMLSink>(
        _ element: HTMLElement, _ tag: HTMLTag, in tree: inout HTMLTreeBuilder<Sink>, _ policy: HTMLPolicy
    ) {
        let rules = AttributeRules(policy)
        let attributes = rules.allowed(tag.attributes, of: element)
        guard element == .img, !attributes.contains(where: { $0.name == "src" }) else {
            return tree.start(element, attributes)
        }
        replaceImage(tag, in: &tree, rules)
    }

    /// An image from elsewhere would tell its server who reads the text, and when: the reader gets a link to it, and
    /// decides.
    private static func replaceImage<Sink: HTMLSink>(
        _ tag: HTMLTag, in tree: inout HTMLTreeBuilder<Sink>, _ rules: AttributeRules
    ) {
        let alt = tag.attributes.first { $0.name == "alt" }?.value ?? ""
        let source = tag.attributes.first { $0.name == "src" }.flatMap { rules.links.link($0.value) }
        guard let source, source.hasPrefix("http"), !tree.isInside(.a) else {
            return tree.text(Array(alt.utf8))
        }
        tree.start(.a, rules.allowed([HTMLAttribute(name: "href", value: source)], of: .a))
        tree.text(Array((alt.isEmpty ? source : alt).utf8))
        tree.end(.a)
    }
}
