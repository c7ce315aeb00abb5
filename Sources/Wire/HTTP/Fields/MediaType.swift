/// The value of `Content-Type` (RFC 9110 §8.3.1).
package struct MediaType: Sendable, Equatable {
    /// One parameter: the name in lower-case, the value as it came.
    package struct Parameter: Sendable, Equatable {
        /// A token in lower-case.
        package let name: String
        /// The value without quotes and backslashes.
        package let value: String
    }

    /// More parameters than any type has; the text is refused beyond it.
    private static let limit = 16

    /// Type and subtype in lower-case, such as `application/json`.
    package let essence: String
    /// The parameters in their order, each name once.
    package private(set) var parameters: [Parameter] = []

    /// Reads `type/subtype` with parameters, or `nil` where the text is malformed or names a parameter twice.
    package init?(parsing text: String) {
        let bytes = text.utf8.span
        var position = 0
        guard ListGrammar.token(bytes, &position) != nil, position < bytes.count,
            bytes[position] == ASCII.slash
        else { return nil }
        position &+= 1
        guard ListGrammar.token(bytes, &position) != nil else { return nil }
        essence = String(copyingASCII: bytes.extracting(0..<position)).asciiLowercased
        while true {
            ListGrammar.skipBlanks(bytes, &position)
            guard position < bytes.count else { return }
            guard bytes[position] == ASCII.semicolon else { return nil }
            position &+= 1
            ListGrammar.skipBlanks(bytes, &position)
            // A semicolon with nothing behind it is allowed (RFC 9110 §5.6.6).
            if position == bytes.count || bytes[position] == ASCII.semicolon { continue }
            guard let parameter = Self.parameter(bytes, &position), self[parameter.name] == nil,
                parameters.count < Self.limit
            else { return nil }
            parameters.append(parameter)
        }
    }

    /// The value of the parameter with this lower-case name, or `nil`.
    package subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// Whether it is JSON: `application/json` or any `…+json`, in UTF-8, the only charset that JSON has.
    package var isJSON: Bool {
        guard essence == "application/json" || essence.hasSuffix("+json") else { return false }
        return self["charset"].map { $0.asciiLowercased == "utf-8" } ?? true
    }

    /// Whether it is a form that `FormFields` reads.
    package var isForm: Bool { essence == "application/x-www-form-urlencoded" }

    private static func parameter(_ bytes: Span<UInt8>, _ position: inout Int) -> Parameter? {
        guard let name = ListGrammar.token(bytes, &position), position < bytes.count,
            bytes[position] == ASCII.equals
        else { return nil }
        position &+= 1
        let text = String(copyingASCII: bytes.extracting(name)).asciiLowercased
        if let quoted = ListGrammar.quotedString(bytes, &position) {
            return String(copyingUTF8: quoted.span).map { Parameter(name: text, value: $0) }
        }
        guard let value = ListGrammar.token(bytes, &position) else { return nil }
        return Parameter(name: text, value: String(copyingASCII: bytes.extracting(value)))
    }
}
