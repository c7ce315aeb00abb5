import WebSocket

extension ConformanceCase {
    /// Section 1: messages of boundary lengths come back as they were (1.1.8 and 1.2.8 are meant for chops of
    /// 997).
    static let framing: [ConformanceCase] = [0, 125, 126, 127, 128, 65_535, 65_536, 65_536].enumerated()
        .flatMap {
            position, length in
            let stars = [UInt8](repeating: UInt8(ascii: "*"), count: length)
            let octets = [UInt8](repeating: 0xFE, count: length)
            return [
                ConformanceCase("1.1.\(position + 1)", [.text(octets: stars)], [.text(stars)]),
                ConformanceCase("1.2.\(position + 1)", [.binary(octets)], [.binary(octets)]),
            ]
        }

    private static let hello = Array("Hello, world!".utf8)
    private static let notText: [UInt8] = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF]
    private static let longest = [UInt8](repeating: 0xFE, count: 125)
    private static let tenPayloads = (0..<10).map { Array("payload \($0)".utf8) }

    /// Section 2: pings are answered with their payload, in order; pongs with nothing.
    static let pings: [ConformanceCase] = [
        .init("2.1", [.ping()], [.pong([])]),
        .init("2.2", [.ping(hello)], [.pong(hello)]),
        .init("2.3", [.ping(notText)], [.pong(notText)]),
        .init("2.4", [.ping(longest)], [.pong(longest)]),
        .init("2.5", [.ping(longest + [0xFE])], [], .fail(.controlTooLong)),
        .init("2.6", [.ping(longest)], [.pong(longest)]),
        .init("2.7", [.pong()]),
        .init("2.8", [.pong(hello)]),
        .init("2.9", [.pong(hello), .ping(notText)], [.pong(notText)]),
        .init("2.10", tenPayloads.map { .ping($0) }, tenPayloads.map { .pong($0) }),
        .init("2.11", tenPayloads.map { .ping($0) }, tenPayloads.map { .pong($0) }),
    ]

    /// Section 3: reserved bits that nobody agreed on.
    static let reservedBits: [ConformanceCase] = [
        .init("3.1", [.text("Hello", reserved: 1)], [], .fail(.reservedBits(.rsv3))),
        .init(
            "3.2", [.text("Hello"), .text("Hello", reserved: 2), .ping()], [.text("Hello")],
            .fail(.reservedBits(.rsv2))),
        .init(
            "3.3", [.text("Hello"), .text("Hello", reserved: 3), .ping()], [.text("Hello")],
            .fail(.reservedBits([.rsv2, .rsv3]))),
        .init(
            "3.4", [.text("Hello"), .text("Hello", reserved: 4), .ping()], [.text("Hello")],
            .fail(.reservedBits(.rsv1))),
        .init(
            "3.5", [WireFrame(opcode: 2, payload: notText, reserved: 5)], [],
            .fail(.reservedBits([.rsv1, .rsv3]))),
        .init(
            "3.6", [WireFrame(opcode: 9, payload: hello, reserved: 6)], [],
            .fail(.reservedBits([.rsv1, .rsv2]))),
        .init("3.7", [WireFrame(opcode: 8, reserved: 7)], [], .fail(.reservedBits([.rsv1, .rsv2, .rsv3]))),
    ]

    /// Section 4: opcodes without a meaning, for data (3–7) and for control (11–15).
    static let opcodes: [ConformanceCase] = [(1, UInt8(3)), (2, UInt8(11))].flatMap { section, first in
        (0..<5).map { offset in
            let opcode = first + UInt8(offset)
            // The second, fourth and fifth carry a payload; the last three come after a good message.
            let bad = WireFrame(opcode: opcode, payload: [1, 3, 4].contains(offset) ? hello : [])
            let isAlone = offset < 2
            return ConformanceCase(
                "4.\(section).\(offset + 1)", isAlone ? [bad] : [.text("Hello"), bad, .ping()],
                isAlone ? [] : [.text("Hello")], .fail(.unknownOpcode(opcode)))
        }
    }
}
