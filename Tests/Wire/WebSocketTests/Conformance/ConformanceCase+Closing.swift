import WebSocket

extension ConformanceCase {
    private static let hello: WireFrame = .text("Hello")

    /// Section 7.1: a close frame ends everything, whatever follows it.
    private static let order: [ConformanceCase] = {
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: 256 << 10)
        return [
            .init("7.1.1", [hello, .close(1000)], [.text("Hello")], .echo(1000)),
            .init("7.1.2", [.close(1000), .close(1000)], [], .echo(1000)),
            .init("7.1.3", [.close(1000), .ping()], [], .echo(1000)),
            .init("7.1.4", [.close(1000), hello], [], .echo(1000)),
            .init(
                "7.1.5", [.text("first, ", isFinal: false), .close(1000), .more("second")], [], .echo(1000)),
            .init(
                "7.1.6", [.text(octets: large), hello, .close(1000), .ping()],
                [.text(large), .text("Hello")],
                .echo(1000)),
        ]
    }()

    /// Sections 7.3 and 7.5: what a close frame may hold.
    private static let payloads: [ConformanceCase] = [
        .init("7.3.1", [.close()], [], .echo(nil)),
        .init("7.3.2", [WireFrame(opcode: 8, payload: [0x61])], [], .fail(.closePayloadTooShort)),
        .init("7.3.3", [.close(1000)], [], .echo(1000)),
        .init("7.3.4", [.close(1000, Array("Good bye".utf8))], [], .echo(1000)),
        .init("7.3.5", [.close(1000, [UInt8](repeating: 0x2A, count: 123))], [], .echo(1000)),
        .init("7.3.6", [.close(1000, [UInt8](repeating: 0x2A, count: 124))], [], .fail(.controlTooLong)),
        .init(
            "7.5.1", [.close(1000, Array("word".utf8) + [0xED, 0xA0, 0x80])], [], .fail(.invalidUTF8)),
    ]

    /// Sections 7.7, 7.9 and 7.13: codes that may travel, and codes that may not.
    ///
    /// 7.9 has nine cases today. Older editions had thirteen, with 1012–1015 among them: those are 10–13
    /// here. Of these, IANA has registered 1012–1014 since, so that they are echoed; 1015 must never travel.
    private static let codes: [ConformanceCase] =
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].enumerated().map {
            .init("7.7.\($0 + 1)", [.close($1)], [], .echo(UInt16($1)))
        }
        + [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999].enumerated().map {
            .init("7.9.\($0 + 1)", [.close($1)], [], .fail(.invalidCloseCode(UInt16($1))))
        }
        + [1012, 1013, 1014].enumerated().map { .init("7.9.\($0 + 10)", [.close($1)], [], .echo(UInt16($1))) }
        + [.init("7.9.13", [.close(1015)], [], .fail(.invalidCloseCode(1015)))]
        + [5000, 65_535].enumerated().map {
            .init("7.13.\($0 + 1)", [.close($1)], [], .fail(.invalidCloseCode(UInt16($1))))
        }

    /// Section 7.
    static let closing: [ConformanceCase] = order + payloads + codes
}
