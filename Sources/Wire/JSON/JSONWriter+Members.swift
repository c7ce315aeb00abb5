/// A member's name and value in one call; a `nil` value leaves the member out.
extension JSONWriter {
    package mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        self.name(name)
        int(value)
    }

    package mutating func member(_ name: String, _ value: Int64?) {
        guard let value else { return }
        self.name(name)
        int(value)
    }

    package mutating func member(_ name: String, _ value: UInt64?) {
        guard let value else { return }
        self.name(name)
        int(value)
    }

    package mutating func member(_ name: String, _ value: Double?) {
        guard let value else { return }
        self.name(name)
        double(value)
    }

    package mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        self.name(name)
        bool(value)
    }

    package mutating func member(_ name: String, _ value: RawJSON?) {
        guard let value else { return }
        self.name(name)
        raw(value)
    }

    package mutating func member(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        self.name(name)
        self.value(value)
    }

    /// Writes a member whose value is `null`.
    package mutating func nullMember(_ name: String) {
        self.name(name)
        null()
    }

    /// Writes a member whose value is an object that `body` fills.
    package mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        object(body)
    }

    /// Writes a member whose value is an array that `body` fills.
    package mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        array(body)
    }

    /// Writes a member whose value is an array with one value per element of `elements`.
    package mutating func array<Elements: Sequence>(
        _ name: String, of elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
    ) {
        self.name(name)
        array(of: elements, body)
    }
}
