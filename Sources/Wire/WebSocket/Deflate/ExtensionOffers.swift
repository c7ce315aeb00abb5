/// The extensions that a client offers in `Sec-WebSocket-Extensions` (RFC 6455 §9.1), best first.
struct ExtensionOffers {
    /// One extension with its parameters, in their order; a parameter without a value is a flag.
    struct Offer: Equatable {
        let name: String
        var parameters: [(name: String, value: String?)] = []

        static func == (one: Offer, other: Offer) -> Bool {
            one.name == other.name && one.parameters.elementsEqual(other.parameters) { $0 == $1 }
        }
    }

    /// At most so many offers are looked at; what follows is as good as not offered.
    private static let most = 16

    let offers: [Offer]

    /// Reads the header's lines; `nil` for what is no such list, which fails the handshake.
    init?(_ lines: [String]) {
        var offers: [Offer] = []
        for line in lines {
            var reader = Reader(Array(line.utf8))
            guard reader.offers(into: &offers) else { return nil }
        }
        self.offers = Array(offers.prefix(ExtensionOffers.most))
    }

    /// Walks through one line: `token *( ";" token [ "=" ( token / quoted-string ) ] )`, several joined by commas.
    private struct Reader {
        let text: [UInt8]
        var position = 0

        init(_ text: [UInt8]) { self.text = text }

        mutating func offers(into offers: inout [Offer]) -> Bool {
            while true {
                skipSpace()
                // Empty elements of a list count for nothing (RFC 9110 §5.6.1.2).
                if take(",") { continue }
                guard position < text.count else { return true }
                guard let offer = offer() else { return false }
                offers.append(offer)
                skipSpace()
                guard position == text.count || take(",") else { return false }
            }
        }

        private mutating func offer() -> Offer? {
            guard let name = token() else { return nil }
            var offer = Offer(name: name.lowercased())
            while true {
                skipSpace()
                guard take(";") else { return offer }
                skipSpace()
                guard let name = token() else { return nil }
                skipSpace()
                guard take("=") else {
                    offer.parameters.append((name.lowercased(), nil))
                    continue
                }
                skipSpace()
                guard let value = take("\"") ? quoted() : token() else { return nil }
                offer.parameters.append((name.lowercased(), value))
            }
        }

        private mutating func skipSpace() {
            while position < text.count, text[position] == 0x20 || text[position] == 0x09 { position += 1 }
        }

        private mutating func take(_ octet: Unicode.Scalar) -> Bool {
            guard position < text.count, text[position] == UInt8(ascii: octet) else { return false }
            position += 1
            return true
        }

        private mutating func token() -> String? {
            let start = position
            while position < text.count, HeaderTokens.isTokenOctet(text[position]) { position += 1 }
            return start == position ? nil : String(decoding: text[start..<position], as: UTF8.self)
        }

        /// The rest of a quoted string, whose value must be a token again (RFC 6455 §9.1).
        private mutating func quoted() -> String? {
            var value: [UInt8] = []
            while position < text.count {
                var octet = text[position]
                position += 1
                if octet == UInt8(ascii: "\"") {
                    let isToken = !value.isEmpty && value.allSatisfy(HeaderTokens.isTokenOctet)
                    return isToken ? String(decoding: value, as: UTF8.self) : nil
                }
                if octet == UInt8(ascii: "\\") {
                    guard position < text.count else { return nil }
                    octet = text[position]
                    position += 1
                }
                value.append(octet)
            }
            return nil
        }
    }
}
