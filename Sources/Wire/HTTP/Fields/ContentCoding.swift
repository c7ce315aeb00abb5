/// Codings that a response body may have (RFC 9110 §8.4.1), and the choice among them.
package enum ContentCoding: String, Sendable, CaseIterable {
    case identity, gzip, deflate, zstd
    case brotli = "br"

    /// The best coding for a client with this `Accept-Encoding`, or `nil` where it accepts none of those
    /// offered.
    ///
    /// `offered` is in the server's order, which decides between equal weights; `identity` counts as the last
    /// one offered unless it is named. Without the field (`nil`) the answer is `identity`: a client that does
    /// not ask gets what everybody can read. Elements that are malformed are passed over (RFC 9110 §12.5.3).
    package static func negotiate(_ acceptEncoding: String?, offered: [ContentCoding]) -> ContentCoding? {
        guard let acceptEncoding else { return .identity }
        var weights: [(name: String, weight: Int)] = []
        let bytes = acceptEncoding.utf8.span
        var position = 0
        while weights.count < 32, let element = ListGrammar.nextElement(bytes, &position) {
            if let weighted = weighted(bytes.extracting(element)) { weights.append(weighted) }
        }
        var best: (coding: ContentCoding, weight: Int)?
        for coding in offered.contains(.identity) ? offered : offered + [.identity] {
            let weight = coding.weight(in: weights)
            if weight > best?.weight ?? 0 { best = (coding, weight) }
        }
        return best?.coding
    }

    /// In thousandths; what is not mentioned has that of "*", and identity is then acceptable, but least so.
    private func weight(in weights: [(name: String, weight: Int)]) -> Int {
        if let own = weights.first(where: { $0.name == rawValue || self == .gzip && $0.name == "x-gzip" }) {
            return own.weight
        }
        if let any = weights.first(where: { $0.name == "*" }) { return any.weight }
        return self == .identity ? 1 : 0
    }

    /// `coding [ OWS ";" OWS "q=" qvalue ]`.
    private static func weighted(_ bytes: Span<UInt8>) -> (name: String, weight: Int)? {
        var position = 0
        guard let name = ListGrammar.token(bytes, &position) else { return nil }
        let text = String(copyingASCII: bytes.extracting(name)).asciiLowercased
        ListGrammar.skipBlanks(bytes, &position)
        if position == bytes.count { return (text, 1000) }
        guard bytes[position] == ASCII.semicolon else { return nil }
        position &+= 1
        ListGrammar.skipBlanks(bytes, &position)
        guard position + 2 < bytes.count, ASCII.lowercased(bytes[position]) == 0x71,
            bytes[position + 1] == ASCII.equals,
            let weight = thousandths(bytes.extracting((position + 2)..<bytes.count))
        else { return nil }
        return (text, weight)
    }

    /// A `qvalue`: 0 or 1 with at most three decimals (RFC 9110 §12.4.2).
    private static func thousandths(_ bytes: Span<UInt8>) -> Int? {
        guard bytes.count >= 1, bytes.count <= 5, bytes[0] == ASCII.zero || bytes[0] == ASCII.zero + 1,
            bytes.count == 1 || bytes[1] == ASCII.dot
        else { return nil }
        var value = Int(bytes[0] - ASCII.zero)
        for index in 2..<5 {
            value *= 10
            guard index < bytes.count else { continue }
            guard ASCII.isDigit(bytes[index]) else { return nil }
            value += Int(bytes[index] - ASCII.zero)
        }
        return value <= 1000 ? value : nil
    }
}
