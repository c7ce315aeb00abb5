/// A handshake that was agreed to (RFC 6455 §4.2.2).
package struct HandshakeAcceptance: Equatable, Sendable {
    /// The value of `Sec-WebSocket-Accept`.
    package let accept: String
    /// The subprotocol in the spelling of ours; `nil` when the client named none that we speak.
    package let subprotocol: String?

    /// How messages are compressed; `nil` when they are not.
    package let deflate: DeflateAgreement?

    /// The header fields of the answer, whose status is 101.
    package var fields: [(name: String, value: String)] {
        var fields = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        if let subprotocol { fields.append(("Sec-WebSocket-Protocol", subprotocol)) }
        if let deflate { fields.append(("Sec-WebSocket-Extensions", deflate.field)) }
        return fields
    }
}
