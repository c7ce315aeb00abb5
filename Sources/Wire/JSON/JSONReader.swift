/// Builds values from JSON text, strictly as RFC 8259 has it.
///
/// Refused are: bytes that are not UTF-8, lone surrogates, unescaped control characters, numbers that the standard
/// does not know (leading zeros, `NaN`), anything after the value, two members of one name, and deeper nesting than
/// allowed. How large a text may be is for the caller to limit; the memory taken is proportional to it.
package enum JSONReader {
    /// Reads one value that takes up all of `bytes`.
    package static func read(
        _ bytes: [UInt8], depthLimit: Int = JSONScanner.usualDepth
    ) throws(JSONError) -> JSONValue {
        try read(bytes.span, depthLimit: depthLimit)
    }

    /// Reads one value that takes up all of `text`.
    package static func read(
        _ text: Span<UInt8>, depthLimit: Int = JSONScanner.usualDepth
    ) throws(JSONError) -> JSONValue {
        var scanner = JSONScanner(0..<text.count, depthLimit: depthLimit)
        let value = try scanner.value(in: text)
        try scanner.finish(in: text)
        return value
    }

    /// Reads a value that is already known to be JSON; it may still be too deep or have duplicate names.
    package static func read(_ raw: RawJSON) throws(JSONError) -> JSONValue { try read(raw.bytes) }

    /// Reads one value from a string.
    package static func read(_ text: String) throws(JSONError) -> JSONValue { try read(Array(text.utf8)) }
}

extension JSONScanner {
    /// Takes a value of any kind and builds it.
    package mutating func value(in text: Span<UInt8>) throws(JSONError) -> JSONValue {
        switch try kind(in: text) {
        case .null:
            try null(in: text)
            return .null
        case .bool: return .bool(try bool(in: text))
        case .number: return .number(try number(in: text))
        case .string: return .string(try string(in: text))
        case .array:
            var elements: [JSONValue] = []
            try beginArray(in: text)
            while try nextElement(in: text) { elements.append(try value(in: text)) }
            return .array(elements)
        case .object:
            var object = JSONObject()
            try beginObject(in: text)
            while let name = try nextName(in: text) {
                let place = position
                guard object.append(name, try value(in: text)) else {
                    throw JSONError(.duplicateName, at: place)
                }
            }
            return .object(object)
        }
    }
}
