/// One value of a reply, of either protocol (Redis serialization protocol specification, RESP2 and RESP3).
package enum RedisValue: Sendable, Equatable {
    /// A short text that holds no line break, such as `OK`.
    case simple(String)
    /// Bytes.
    case bulk([UInt8])
    /// Bytes that say what they are; the format is three characters, such as `txt`.
    case verbatim(format: String, [UInt8])
    /// An error; as a whole reply it is a failed command, inside an array a failed part.
    case error(RedisServerError)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    /// An integer of any size, in decimal.
    case bigNumber(String)
    /// Nothing; RESP2's null string and null array too.
    case null
    case array([RedisValue])
    case set([RedisValue])
    case map([RedisPair])
    /// What the server says unasked; the first element names its kind.
    case push([RedisValue])
}

/// One entry of a map; keys are values of any kind, so a map is a list.
package struct RedisPair: Sendable, Equatable {
    package var key: RedisValue
    package var value: RedisValue

    package init(key: RedisValue, value: RedisValue) {
        self.key = key
        self.value = value
    }
}

extension RedisValue {
    /// The bytes of any string kind; `nil` for the rest.
    package var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes), .verbatim(_, let bytes): bytes
        case .simple(let text), .bigNumber(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of any string kind; `nil` for the rest.
    package var text: String? {
        switch self {
        case .bulk(let bytes), .verbatim(_, let bytes): String(decoding: bytes, as: UTF8.self)
        case .simple(let text), .bigNumber(let text): text
        default: nil
        }
    }

    /// A whole number, also one that came as text; `nil` for the rest.
    package var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .boolean(let flag): flag ? 1 : 0
        case .bulk, .simple: text.flatMap { Int64($0) }
        default: nil
        }
    }

    /// The elements of any aggregate, a map's keys and values in turn as RESP2 has them; `nil` for the rest.
    package var elements: [RedisValue]? {
        switch self {
        case .array(let elements), .set(let elements), .push(let elements): elements
        case .map(let pairs): pairs.flatMap { [$0.key, $0.value] }
        default: nil
        }
    }

    /// Whether this is the reply `OK`.
    package var isOK: Bool { self == .simple("OK") }
}
