package import JSON

/// Members that are `null` rather than left out.
extension JSONWriter {
    /// A number, or `null`.
    package mutating func nullable(_ name: String, _ value: Int64?) {
        if let value { member(name, value) } else { nullMember(name) }
    }

    /// A text, or `null`.
    package mutating func nullable(_ name: String, _ value: String?) {
        if let value { member(name, value) } else { nullMember(name) }
    }

    /// A time given in milliseconds since 1970, as ISO 8601, or `null`.
    package mutating func time(_ name: String, _ milliseconds: Int64?) {
        nullable(name, milliseconds.map { ISO8601.text(milliseconds: $0) })
    }
}
