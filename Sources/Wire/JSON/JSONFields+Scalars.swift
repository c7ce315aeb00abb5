extension JSONFields {
    // MARK: - Strings

    /// A member that is a string with as many characters (Unicode scalars) as `length` allows.
    package func string(_ name: String, in length: ClosedRange<Int>) throws(FieldError) -> String {
        try Self.string(try value(name), length, at: path(of: name))
    }

    /// A member that is a string with at most `max` characters (Unicode scalars).
    package func string(_ name: String, max: Int) throws(FieldError) -> String {
        try string(name, in: 0...max)
    }

    /// A member that is a string; `nil` when it is absent or `null`.
    package func optionalString(_ name: String, in length: ClosedRange<Int>) throws(FieldError) -> String? {
        has(name) ? try string(name, in: length) : nil
    }

    /// A member that is a string with at most `max` characters; `nil` when it is absent or `null`.
    package func optionalString(_ name: String, max: Int) throws(FieldError) -> String? {
        try optionalString(name, in: 0...max)
    }

    /// A member that is one of a few strings.
    package func string(_ name: String, oneOf choices: [String]) throws(FieldError) -> String {
        guard let text = try value(name).string else { throw error(name, .wrongKind(wanted: "a string")) }
        guard choices.contains(text) else { throw error(name, .notOneOf(choices)) }
        return text
    }

    /// A member that is one of a few strings; `nil` when it is absent or `null`.
    package func optionalString(_ name: String, oneOf choices: [String]) throws(FieldError) -> String? {
        has(name) ? try string(name, oneOf: choices) : nil
    }

    /// Checks one string; `path` is asked for only when there is something to complain about.
    static func string(
        _ value: JSONValue, _ length: ClosedRange<Int>, at path: @autoclosure () -> String
    ) throws(FieldError) -> String {
        guard case .string(let text) = value else {
            throw FieldError(field: path(), problem: .wrongKind(wanted: "a string"))
        }
        // A scalar takes one to four bytes, so most strings need no counting.
        if text.utf8.count > length.upperBound, text.unicodeScalars.count > length.upperBound {
            throw FieldError(field: path(), problem: .tooLong(length.upperBound))
        }
        if text.utf8.count < 4 * length.lowerBound, text.unicodeScalars.count < length.lowerBound {
            throw FieldError(field: path(), problem: .tooShort(length.lowerBound))
        }
        if text.utf8.contains(0) { throw FieldError(field: path(), problem: .holdsNUL) }
        return text
    }

    // MARK: - Numbers and booleans

    /// A member that is an integer within `bounds`.
    package func int(_ name: String, in bounds: ClosedRange<Int>) throws(FieldError) -> Int {
        let value = try value(name)
        guard let int = value.int ?? (isLenient ? value.string.flatMap { Int($0) } : nil) else {
            // An integer of more than 64 bits is out of range rather than of another kind.
            if let text = value.number?.text, text.utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
            {
                throw error(name, .outOfRange("\(bounds.lowerBound)", "\(bounds.upperBound)"))
            }
            throw error(name, .wrongKind(wanted: "an integer"))
        }
        guard bounds.contains(int) else {
            throw error(name, .outOfRange("\(bounds.lowerBound)", "\(bounds.upperBound)"))
        }
        return int
    }

    /// A member that is an integer within `bounds`; `nil` when it is absent or `null`.
    package func optionalInt(_ name: String, in bounds: ClosedRange<Int>) throws(FieldError) -> Int? {
        has(name) ? try int(name, in: bounds) : nil
    }

    /// A member that is an id of ours: an integer from 1 to 2^53 − 1.
    package func id(_ name: String) throws(FieldError) -> Int64 {
        guard let id = idValue(try value(name)) else { throw error(name, .wrongKind(wanted: "an id")) }
        return id
    }

    /// A member that is an id of ours; `nil` when it is absent or `null`.
    package func optionalID(_ name: String) throws(FieldError) -> Int64? { has(name) ? try id(name) : nil }

    /// A member that is a number within `bounds`.
    package func double(_ name: String, in bounds: ClosedRange<Double>) throws(FieldError) -> Double {
        try double(try value(name), bounds, at: path(of: name))
    }

    /// A member that is a number within `bounds`; `nil` when it is absent or `null`.
    package func optionalDouble(_ name: String, in bounds: ClosedRange<Double>) throws(FieldError) -> Double?
    {
        has(name) ? try double(name, in: bounds) : nil
    }

    /// A member that is true or false.
    package func bool(_ name: String) throws(FieldError) -> Bool {
        let value = try value(name)
        if let bool = value.bool { return bool }
        guard isLenient else { throw error(name, .wrongKind(wanted: "true or false")) }
        // What Canvas's clients write: true, t, yes, y, on, 1 and their opposites.
        switch value.string?.lowercased() ?? value.number?.text {
        case "true", "t", "yes", "y", "on", "1": return true
        case "false", "f", "no", "n", "off", "0": return false
        default: throw error(name, .wrongKind(wanted: "true or false"))
        }
    }

    /// A member that is true or false; `nil` when it is absent or `null`.
    package func optionalBool(_ name: String) throws(FieldError) -> Bool? { has(name) ? try bool(name) : nil }

    func idValue(_ value: JSONValue) -> Int64? {
        guard let id = value.number?.int64 ?? (isLenient ? value.string.flatMap { Int64($0) } : nil),
            (1...Self.largestID).contains(id)
        else { return nil }
        return id
    }

    /// Checks one number; `path` is asked for only when there is something to complain about.
    func double(
        _ value: JSONValue, _ bounds: ClosedRange<Double>, at path: @autoclosure () -> String
    ) throws(FieldError) -> Double {
        let number: Double?
        if let written = value.number {
            number = written.double
        } else if isLenient, let parsed = value.string.flatMap({ Double($0) }) {
            number = parsed
        } else {
            throw FieldError(field: path(), problem: .wrongKind(wanted: "a number"))
        }
        guard let number, bounds.contains(number) else {
            let (lowest, highest) = (bounds.lowerBound, bounds.upperBound)
            throw FieldError(
                field: path(), problem: .outOfRange(JSONNumber.shortest(lowest), JSONNumber.shortest(highest))
            )
        }
        return number
    }
}
