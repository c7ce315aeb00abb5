package import JSON

/// What a publication says.
///
/// In the channels of a class it is always JSON. In plain channels a client of the binary form may publish what it likes.
package enum Payload: Hashable, Sendable {
    case json(RawJSON)
    /// Bytes that are no JSON value.
    case binary([UInt8])

    /// Takes bytes as the binary form brings them: JSON when they are one JSON value.
    package init(_ bytes: [UInt8]) {
        if let json = try? RawJSON(validating: bytes) { self = .json(json) } else { self = .binary(bytes) }
    }

    /// The bytes, whatever they are.
    package var bytes: [UInt8] {
        switch self {
        case .json(let json): json.bytes
        case .binary(let bytes): bytes
        }
    }

    /// The JSON value; `nil` for anything else.
    package var json: RawJSON? {
        if case .json(let json) = self { json } else { nil }
    }
}
