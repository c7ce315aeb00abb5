/// The two forms of the client protocol, which say the same.
package enum MessageForm: UInt8, Hashable, Sendable, CaseIterable {
    /// Objects in a text frame, separated by line feeds.
    case json
    /// Protobuf messages in a binary frame, each behind its length.
    case protobuf

    /// The WebSocket subprotocol by which a client asks for the form; without any it speaks JSON.
    package var subprotocol: String {
        switch self {
        case .json: "centrifuge-json"
        case .protobuf: "centrifuge-protobuf"
        }
    }
}
