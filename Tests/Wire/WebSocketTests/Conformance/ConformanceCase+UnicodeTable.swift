import WebSocket

extension ConformanceCase {
    private enum Verdict { case valid, invalid }

    private static func rows(_ section: Int, _ texts: [[UInt8]], _ verdict: Verdict) -> [ConformanceCase] {
        rows(section, texts.map { ($0, verdict) })
    }

    private static func rows(_ section: Int, _ texts: [([UInt8], Verdict)]) -> [ConformanceCase] {
        texts.enumerated().map { index, row in
            let (octets, verdict) = row
            let id = "6.\(section).\(index + 1)"
            return switch verdict {
            case .valid: ConformanceCase(id, [.text(octets: octets)], [.text(octets)])
            case .invalid: ConformanceCase(id, [.text(octets: octets)], [], .fail(.invalidUTF8))
            }
        }
    }

    private static func encoded(_ codePoints: [UInt32]) -> [[UInt8]] {
        codePoints.compactMap { Unicode.Scalar($0) }.map { Array(String($0).utf8) }
    }

    /// `lead`, then `count` times the last possible or the first possible continuation octet.
    private static func sequence(_ lead: UInt8, _ continuation: UInt8, _ count: Int) -> [UInt8] {
        [lead] + [UInt8](repeating: continuation, count: count)
    }

    /// Six octets that write two UTF-16 surrogates as if they were code points.
    private static func pair(_ high: UInt16, _ low: UInt16) -> [UInt8] { surrogate(high) + surrogate(low) }

    private static func surrogate(_ unit: UInt16) -> [UInt8] {
        [0xE0 | UInt8(unit >> 12), 0x80 | UInt8(unit >> 6 & 0x3F), 0x80 | UInt8(unit & 0x3F)]
    }

    private static let word = Array("κ\u{1F79}σμε".utf8)

    /// Sections 6.5–6.11: well-formed texts, prefixes, first and last of each length, boundaries.
    private static let boundaries: [ConformanceCase] =
        rows(5, ["a$b", "a¢b", "a€b", "a\u{24B62}b", "κ\u{1F79}σμε"].map { Array($0.utf8) }, .valid)
        + rows(
            6,
            (1...word.count).map { length in
                // Characters of 2, 3, 2, 2 and 2 octets end here; every other prefix cuts one.
                (Array(word[..<length]), [2, 5, 7, 9, 11].contains(length) ? .valid : .invalid)
            })
        + rows(7, encoded([0x00, 0x80, 0x800, 0x10000]), .valid)
        + rows(8, [[0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]], .invalid)
        + rows(9, encoded([0x7F, 0x7FF, 0xFFFF, 0x10FFFF]), .valid)
        + rows(10, [sequence(0xF7, 0xBF, 3), sequence(0xFB, 0xBF, 4), sequence(0xFD, 0xBF, 5)], .invalid)
        + rows(
            11,
            encoded([0xD7FF, 0xE000, 0xFFFD, 0x10FFFF]).map { ($0, .valid) } + [
                ([0xF4, 0x90, 0x80, 0x80], .invalid)
            ])

    private static let cutShort: [[UInt8]] =
        [sequence(0xC0, 0x80, 0), sequence(0xE0, 0x80, 1), sequence(0xF0, 0x80, 2)]
        + [sequence(0xF8, 0x80, 3), sequence(0xFC, 0x80, 4)]
        + [sequence(0xDF, 0xBF, 0), sequence(0xEF, 0xBF, 1), sequence(0xF7, 0xBF, 2)]
        + [sequence(0xFB, 0xBF, 3), sequence(0xFD, 0xBF, 4)]

    /// Sections 6.12–6.16: octets out of place.
    private static let malformed: [ConformanceCase] =
        rows(
            12,
            [[0x80], [0xBF]] + (2...6).map { (0..<$0).map { $0 % 2 == 0 ? 0x80 : 0xBF } } + [
                Array(0x80...0xBF)
            ],
            .invalid)
        + rows(
            13,
            [0xC0...0xDF, 0xE0...0xEF, 0xF0...0xF7, 0xF8...0xFB, 0xFC...0xFD].map {
                (leads: ClosedRange<UInt8>) in
                leads.flatMap { [$0, 0x20] }
            }, .invalid)
        + rows(14, cutShort, .invalid)
        + rows(15, [cutShort.flatMap { $0 }], .invalid)
        + rows(16, [[0xFE], [0xFF], [0xFE, 0xFE, 0xFF, 0xFF]], .invalid)

    /// Sections 6.17–6.19: characters in more octets than they need (`/`, the last of each length, NUL).
    private static let overlong: [ConformanceCase] =
        rows(
            17,
            [
                [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF], [0xF8, 0x80, 0x80, 0x80, 0xAF],
                [0xFC, 0x80, 0x80, 0x80, 0x80, 0xAF],
            ], .invalid)
        + rows(
            18,
            [
                [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x87, 0xBF, 0xBF, 0xBF],
                [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF],
            ], .invalid)
        + rows(
            19,
            zip([0xC0, 0xE0, 0xF0, 0xF8, 0xFC], 1...5).map { sequence($0, 0x80, $1) }, .invalid)

    /// Sections 6.20–6.23: surrogates, which are no characters; non-characters and specials, which are.
    private static let surrogates: [ConformanceCase] =
        rows(20, [0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF].map(surrogate), .invalid)
        + rows(
            21,
            [0xD800, 0xDB7F, 0xDB80, 0xDBFF].flatMap { high in [0xDC00, 0xDFFF].map { pair(high, $0) } },
            .invalid)
        + rows(
            22, encoded((0...16).flatMap { plane in [plane << 16 | 0xFFFE, plane << 16 | 0xFFFF] }), .valid)
        + rows(23, encoded(Array(0xFFF9...0xFFFF)), .valid)

    /// Sections 6.5–6.23, one text message each.
    static let unicodeTable: [ConformanceCase] = boundaries + malformed + overlong + surrogates
}
