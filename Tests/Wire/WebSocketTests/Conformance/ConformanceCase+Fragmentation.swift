import WebSocket

extension ConformanceCase {
    private static let twoFragments: [WireFrame] = [.text("first, ", isFinal: false), .more("second")]
    private static let joined: [Heard] = [.text("first, second")]
    private static let between: [UInt8] = Array("in between".utf8)

    private static func withPing(_ id: String) -> ConformanceCase {
        .init(
            id, [.text("first, ", isFinal: false), .ping(between), .more("second")],
            [.pong(between), .text("first, second")])
    }

    private static func nothingToContinue(_ id: String, isFinal: Bool) -> ConformanceCase {
        .init(id, [.more("nothing before", isFinal: isFinal), .text("Hello")], [], .fail(.nothingToContinue))
    }

    private static func fivePieces(_ id: String) -> ConformanceCase {
        .init(
            id,
            [
                .text("one ", isFinal: false), .more("two ", isFinal: false), .ping([1]),
                .more("three ", isFinal: false), .more("four ", isFinal: false), .ping([2]), .more("five"),
            ],
            [.pong([1]), .pong([2]), .text("one two three four five")])
    }

    /// Section 5: what may be fragmented, what may stand between fragments, and what continues nothing.
    static let fragmentation: [ConformanceCase] = [
        .init("5.1", [.ping(between, isFinal: false), .more("rest")], [], .fail(.fragmentedControl)),
        .init("5.2", [.pong(between, isFinal: false), .more("rest")], [], .fail(.fragmentedControl)),
        .init("5.3", twoFragments, joined),
        .init("5.4", twoFragments, joined),
        .init("5.5", twoFragments, joined),
        withPing("5.6"),
        withPing("5.7"),
        withPing("5.8"),
        nothingToContinue("5.9", isFinal: true),
        nothingToContinue("5.10", isFinal: true),
        nothingToContinue("5.11", isFinal: true),
        nothingToContinue("5.12", isFinal: false),
        nothingToContinue("5.13", isFinal: false),
        nothingToContinue("5.14", isFinal: false),
        .init(
            "5.15", twoFragments + [.more("nothing before", isFinal: false), .text("Hello")], joined,
            .fail(.nothingToContinue)),
        .init(
            "5.16",
            [.more("nothing before", isFinal: false)] + twoFragments + [.more("again", isFinal: false)], [],
            .fail(.nothingToContinue)),
        .init(
            "5.17", [.more("nothing before")] + twoFragments + [.more("again")], [], .fail(.nothingToContinue)
        ),
        .init(
            "5.18", [.text("first, ", isFinal: false), .text("second")], [], .fail(.messageUnfinished)),
        fivePieces("5.19"),
        fivePieces("5.20"),
    ]

    /// Section 10: a sender that cuts its frames at 1,300 octets.
    static let automaticFragmentation: [ConformanceCase] = {
        let payload = [UInt8](repeating: UInt8(ascii: "*"), count: 65_536)
        let pieces = payload.chopped(1_300)
        let frames = pieces.enumerated().map { index, piece in
            WireFrame(opcode: index == 0 ? 1 : 0, payload: Array(piece), isFinal: index == pieces.count - 1)
        }
        return [.init("10.1.1", frames, [.text(payload)])]
    }()
}
