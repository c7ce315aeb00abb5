/// Any JSON value (RFC 8259), built in memory.
///
/// `JSONReader` makes one from bytes and never deeper than its limit; `JSONWriter` and `RawJSON` turn one into bytes.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Makes a number from an integer.
    package static func int(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }

    /// Makes a number from an integer.
    package static func int(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }

    /// Makes a number from a double; infinities and NaN, which JSON lacks, become `null`.
    package static func double(_ value: Double) -> JSONValue {
        JSONNumber(value).map(JSONValue.number) ?? .null
    }

    package var isNull: Bool { self == .null }

    /// The boolean, or `nil` for any other kind.
    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The string, or `nil` for any other kind.
    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number, or `nil` for any other kind.
    package var number: JSONNumber? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    /// The integer, or `nil` for any other kind and for numbers with a fraction, an exponent or too many digits.
    package var int: Int? { number?.int }

    /// The double, or `nil` for any other kind and for numbers out of range.
    package var double: Double? { number?.double }

    /// The elements, or `nil` for any other kind.
    package var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The object, or `nil` for any other kind.
    package var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The member of that name; `nil` when this is no object or has no such member.
    package subscript(name: String) -> JSONValue? { object?[name] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// Makes an object from a literal, whose names must differ.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements {
            let added = object.append(name, value)
            precondition(added, "a literal names \(name) twice")
        }
        self = .object(object)
    }
}
