import WebSocket

extension ConformanceCase {
    private static let valid = "Grüße, κόσμε – 你好, 𝄞!"
    private static let greek = "κ\u{1F79}σμε"
    /// U+D800, which UTF-8 does not encode, in the middle of a text.
    private static let surrogate = Array(greek.utf8) + [0xED, 0xA0, 0x80] + Array("edited".utf8)
    /// U+110000, one past the last code point: wrong from its second octet on.
    private static let beyond: [UInt8] = [0xF4, 0x90, 0x80, 0x80]

    /// One text message with a frame for each of `parts`.
    private static func fragmented(_ parts: [[UInt8]]) -> [WireFrame] {
        parts.enumerated().map { index, part in
            WireFrame(opcode: index == 0 ? 1 : 0, payload: part, isFinal: index == parts.count - 1)
        }
    }

    private static func singly(_ octets: [UInt8]) -> [WireFrame] { fragmented(octets.map { [$0] }) }

    /// Sections 6.1–6.4: empty parts, texts cut between and inside characters, texts that go wrong on the
    /// way.
    static let unicode: [ConformanceCase] = [
        .init("6.1.1", [.text("")], [.text("")]),
        .init("6.1.2", fragmented([[], [], []]), [.text("")]),
        .init("6.1.3", fragmented([[], Array("middle".utf8), []]), [.text("middle")]),
        .init("6.2.1", [.text(valid)], [.text(valid)]),
        .init("6.2.2", [.text("Grüße, κόσμε", isFinal: false), .more(" – 你好, 𝄞!")], [.text(valid)]),
        .init("6.2.3", singly(Array(valid.utf8)), [.text(valid)]),
        .init("6.2.4", singly(Array(greek.utf8)), [.text(greek)]),
        .init("6.3.1", [.text(octets: surrogate)], [], .fail(.invalidUTF8)),
        .init("6.3.2", singly(surrogate), [], .fail(.invalidUTF8)),
        .init(
            "6.4.1", fragmented([Array(greek.utf8), beyond, Array("edited".utf8)]), [], .fail(.invalidUTF8)),
        .init(
            "6.4.2",
            fragmented([Array(greek.utf8) + beyond[..<1], [beyond[1]], beyond[2...] + Array("edited".utf8)]),
            [], .fail(.invalidUTF8)),
        .init(
            "6.4.3", [.text(octets: Array(greek.utf8) + beyond + Array("edited".utf8))], [],
            .fail(.invalidUTF8)),
        .init(
            "6.4.4", [.text(octets: Array(greek.utf8) + beyond + Array("edited".utf8))], [],
            .fail(.invalidUTF8)),
    ]

    /// A case of section 6.4 in the pieces that matter.
    struct FailingFast: Sendable, CustomStringConvertible {
        let description: String
        /// What the server must still take.
        let before: [[UInt8]]
        /// What must make it fail.
        let decisive: [UInt8]
        /// What must not matter any more.
        let after: [UInt8]
    }

    static let failingFast: [FailingFast] = {
        let inFrames = unicode.filter { $0.id == "6.4.1" || $0.id == "6.4.2" }.map { row in
            FailingFast(
                description: row.id, before: [row.frames[0].octets], decisive: row.frames[1].octets,
                after: row.frames[2].octets)
        }
        let whole = WireFrame.text(octets: Array(greek.utf8) + beyond + Array("edited".utf8)).octets
        let start = 6 + greek.utf8.count
        return inFrames + [
            FailingFast(
                description: "6.4.3", before: [Array(whole[..<start])],
                decisive: Array(whole[start..<start + 4]),
                after: Array(whole[(start + 4)...])),
            FailingFast(
                description: "6.4.4", before: [Array(whole[..<(start + 1)])], decisive: [whole[start + 1]],
                after: Array(whole[(start + 2)...])),
        ]
    }()
}
