package import HTTPTypes

/// What `Cache-Control` says of a response to somebody who keeps it (RFC 9111 §5.2.2).
package struct CacheControl: Sendable, Equatable {
    /// For how many seconds it is fresh; `nil` where nothing is said, or nothing that can be read.
    package private(set) var maxAge: Int?
    /// It must not be kept, or not be used without asking: `no-store`, `no-cache`.
    package private(set) var mustAskAgain = false

    /// Reads the directives of all `Cache-Control` fields; unknown ones are skipped.
    ///
    /// Of several `max-age` the shortest counts.
    package init(_ fields: HTTPFields) {
        for field in fields where field.name == .cacheControl {
            let bytes = field.value.utf8.span
            var position = 0
            while let element = ListGrammar.nextElement(bytes, &position) {
                read(bytes.extracting(element))
            }
        }
    }

    private mutating func read(_ directive: Span<UInt8>) {
        var position = 0
        guard let name = ListGrammar.token(directive, &position) else { return }
        let text = directive.extracting(name)
        if text.equalsIgnoringCase("no-store") || text.equalsIgnoringCase("no-cache") { mustAskAgain = true }
        guard text.equalsIgnoringCase("max-age"), position < directive.count,
            directive[position] == ASCII.equals
        else { return }
        position += 1
        // Some servers quote the number, which the standard asks recipients to bear (RFC 9111 §5.2).
        let quoted = ListGrammar.quotedString(directive, &position)
        var seconds: Int?
        if let quoted {
            var start = 0
            seconds = ListGrammar.number(quoted.span, &start)
            if start != quoted.count { seconds = nil }
        } else {
            seconds = ListGrammar.number(directive, &position)
            if position != directive.count { seconds = nil }
        }
        guard let seconds else { return }
        maxAge = min(maxAge ?? seconds, seconds)
    }
}
