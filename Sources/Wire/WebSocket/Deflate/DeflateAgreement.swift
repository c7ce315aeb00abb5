/// permessage-deflate as it was agreed on for one connection (RFC 7692).
///
/// Neither side keeps a window from one message to the next: so a server compresses a message once for all receivers, and an
/// idle connection holds nothing.
package struct DeflateAgreement: Hashable, Sendable {
    /// The windows that zlib can make for messages without a frame: it refuses the smallest, 8.
    package static let windows = 9...15

    /// The size of the server's window, as its binary logarithm: 9 to 15.
    package let serverWindow: Int
    /// Whether the client named the server's window, so that the answer has to name it.
    let namesServerWindow: Bool

    /// What the server answers in `Sec-WebSocket-Extensions`.
    package var field: String {
        let window = namesServerWindow ? "; server_max_window_bits=\(serverWindow)" : ""
        return "permessage-deflate; server_no_context_takeover; client_no_context_takeover\(window)"
    }

    /// Agrees to an offer; `nil` for another extension, for parameters that are none (RFC 7692 §7.1) or stand twice, and for
    /// a window that zlib cannot make.
    init?(_ offer: ExtensionOffers.Offer) {
        guard offer.name == "permessage-deflate" else { return nil }
        var window: Int?
        var seen: Set<String> = []
        for (name, value) in offer.parameters {
            guard seen.insert(name).inserted else { return nil }
            switch name {
            case "server_no_context_takeover", "client_no_context_takeover":
                guard value == nil else { return nil }
            case "server_max_window_bits":
                guard let bits = value.flatMap(DeflateAgreement.bits), DeflateAgreement.windows.contains(bits)
                else { return nil }
                window = bits
            case "client_max_window_bits":
                // Whatever the client's window is, a window of 15 reads it.
                guard value == nil || value.flatMap(DeflateAgreement.bits) != nil else { return nil }
            default: return nil
            }
        }
        serverWindow = window ?? 15
        namesServerWindow = window != nil
    }

    /// The first of a client's offers that can be agreed to.
    ///
    /// - Parameter lines: The lines of `Sec-WebSocket-Extensions`.
    /// - Returns: `nil` when there is none, and the connection goes on without compression.
    /// - Throws: ``HandshakeRefusal/malformedExtensions``.
    package static func choose(_ lines: [String]) throws(HandshakeRefusal) -> DeflateAgreement? {
        guard let offered = ExtensionOffers(lines) else { throw .malformedExtensions }
        return offered.offers.lazy.compactMap { DeflateAgreement($0) }.first
    }

    /// 8 to 15 in decimal digits without a leading zero (RFC 7692 §7.1.2).
    private static func bits(_ text: String) -> Int? {
        guard let bits = Int(text), (8...15).contains(bits), String(bits) == text else { return nil }
        return bits
    }
}
