package import JSON

/// What a list is searched for: `search_term`, at least two characters, as Canvas has it.
package struct SearchTerm: Hashable, Sendable {
    /// Characters that a term may have.
    package static let longest = 255

    /// The text as the client wrote it, without blanks around it.
    package let text: String

    /// Reads `search_term`; `nil` when there is none.
    ///
    /// - Throws: An error that names the field when the term is too short or too long.
    package init?(_ query: JSONFields) throws(FieldError) {
        guard let given = try query.optionalString("search_term", max: Self.longest) else { return nil }
        let text = String(given.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        guard !text.isEmpty else { return nil }
        guard text.unicodeScalars.count >= 2 else {
            throw query.error("search_term", .other("must have at least 2 characters"))
        }
        self.text = text
    }

    /// Takes a text as it is.
    package init?(of text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
    }

    /// A pattern for `ILIKE` that finds the text anywhere; its own wildcards are plain characters.
    package var pattern: String {
        var pattern = "%"
        for character in text {
            if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern + "%"
    }
}
