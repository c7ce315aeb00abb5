@testable import Redis
import TestKit
import Testing

/// Which reader a test uses.
enum Reading: CaseIterable, Sendable {
    case hiredis, resp3

    func make(_ limits: ReplyLimits = ReplyLimits()) throws -> any ReplyReader {
        switch self {
        case .hiredis: try #require(HiredisReader(limits: limits))
        case .resp3: RESP3Reader(limits: limits)
        }
    }
}

/// Feeds `bytes` in pieces and returns the replies.
func read(_ bytes: [UInt8], by reader: any ReplyReader, cutAt cuts: [Int] = []) throws -> [RedisValue] {
    var replies: [RedisValue] = []
    var start = 0
    for end in cuts + [bytes.count] {
        try bytes[start..<end].withUnsafeBytes { try reader.feed($0) }
        start = end
        while let reply = try reader.next() { replies.append(reply) }
    }
    return replies
}

struct `A reader of replies` {
    static let two: [(String, RedisValue)] = [
        ("+OK\r\n", .simple("OK")), ("+\r\n", .simple("")), (":0\r\n", .integer(0)),
        (":-9223372036854775808\r\n", .integer(.min)), (":9223372036854775807\r\n", .integer(.max)),
        ("$0\r\n\r\n", .bulk([])), ("$4\r\na\r\nb\r\n", .bulk(Array("a\r\nb".utf8))), ("$-1\r\n", .null),
        ("*-1\r\n", .null), ("*0\r\n", .array([])),
        ("-ERR no\r\n", .error(.other(code: "ERR", message: "no"))),
        (
            "*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n-OOM full\r\n",
            .array([.bulk([97]), .array([.integer(1), .null]), .error(.outOfMemory)])
        ),
        ("*2\r\n*0\r\n*1\r\n*0\r\n", .array([.array([]), .array([.array([])])])),
    ]

    static let three: [(String, RedisValue)] = [
        ("_\r\n", .null), ("#t\r\n", .boolean(true)), ("#f\r\n", .boolean(false)), (",1.5\r\n", .double(1.5)),
        (",10\r\n", .double(10)), (",inf\r\n", .double(.infinity)), (",-inf\r\n", .double(-.infinity)),
        (",1e-3\r\n", .double(0.001)),
        ("(-123456789012345678901234567890\r\n", .bigNumber("-123456789012345678901234567890")),
        ("=7\r\ntxt:abc\r\n", .verbatim(format: "txt", Array("abc".utf8))),
        ("!20\r\nSYNTAX invalid\r\n syn\r\n", .error(.other(code: "SYNTAX", message: "invalid\r\n syn"))),
        ("~2\r\n:1\r\n:2\r\n", .set([.integer(1), .integer(2)])),
        (
            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n#t\r\n",
            .map([
                RedisPair(key: .simple("a"), value: .integer(1)),
                RedisPair(key: .simple("b"), value: .array([.boolean(true)])),
            ])
        ),
        ("%0\r\n", .map([])), (">2\r\n+invalidate\r\n_\r\n", .push([.simple("invalidate"), .null])),
        ("|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n", .bulk([118])),
        ("*2\r\n:1\r\n|1\r\n+a\r\n+b\r\n:2\r\n", .array([.integer(1), .integer(2)])),
        ("|0\r\n:7\r\n", .integer(7)),
    ]

    static let cases =
        Reading.allCases.flatMap { reading in two.map { (reading, $0.0, $0.1) } }
        + three.map { (Reading.resp3, $0.0, $0.1) }

    @Test(arguments: cases)
    func `reads each type, cut at every byte`(reading: Reading, text: String, value: RedisValue) throws {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            #expect(try read(bytes, by: reading.make(), cutAt: [cut]) == [value])
        }
        #expect(try read(bytes, by: reading.make(), cutAt: Array(1..<bytes.count)) == [value])
    }

    @Test(arguments: Reading.allCases)
    func `reads one reply behind the other`(reading: Reading) throws {
        let text = Self.two.map(\.0).joined()
        #expect(try read(Array(text.utf8), by: reading.make()) == Self.two.map(\.1))
    }

    @Test func `agrees with hiredis about random replies in random pieces`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let bytes = (0..<3).flatMap { _ in Self.randomReply(depth: 5, &random) }
            let cuts = (0..<Int.random(in: 0...6, using: &random))
                .map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            let one = try read(bytes, by: Reading.hiredis.make(), cutAt: cuts)
            let other = try read(bytes, by: Reading.resp3.make(), cutAt: cuts)
            #expect(one.count == 3, "seed \(seed)")
            #expect(one == other, "seed \(seed)")
        }
    }

    private static func randomReply(depth: Int, _ random: inout SeededGenerator) -> [UInt8] {
        switch Int.random(in: 0..<(depth == 0 ? 6 : 9), using: &random) {
        case 0: return Array("+text \(Int.random(in: 0...99, using: &random))\r\n".utf8)
        case 1: return Array("-ERR text\r\n".utf8)
        case 2: return Array(":\(Int64.random(in: .min ... .max, using: &random))\r\n".utf8)
        case 3: return Array("$-1\r\n".utf8)
        case 4: return Array("*-1\r\n".utf8)
        case 5:
            let bytes = (0..<Int.random(in: 0...50, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            return Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10]
        default:
            let count = Int.random(in: 0...4, using: &random)
            return Array("*\(count)\r\n".utf8)
                + (0..<count).flatMap { _ in randomReply(depth: depth - 1, &random) }
        }
    }

    @Test(
        arguments: Reading.allCases,
        [
            "hello\r\n", "HTTP/1.1 400 Bad Request\r\n", "\u{0}\r\n", "$a\r\n", ":12x\r\n", "*x\r\n",
            "$-5\r\n", "*-7\r\n",
        ])
    func `refuses garbage`(reading: Reading, text: String) throws {
        let error = #expect(throws: RedisProtocolError.self) {
            try read(Array(text.utf8), by: reading.make())
        }
        guard case .garbage = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        "#x\r\n", "#tt\r\n", ",abc\r\n", ",0x10\r\n", "(12a\r\n", "(-\r\n", "_x\r\n", "=2\r\nab\r\n",
        "%-1\r\n",
        "~-1\r\n", "$3\r\nabcde", "+a\rb\r\n", "*1\r\n>1\r\n+a\r\n", "$?\r\n", ";4\r\n", ".\r\n",
    ])
    func `refuses what RESP3 does not have`(text: String) {
        #expect(throws: RedisProtocolError.self) { try read(Array(text.utf8), by: Reading.resp3.make()) }
    }

    @Test(arguments: Reading.allCases)
    func `bounds bytes, elements and depth`(reading: Reading) throws {
        let small = ReplyLimits(bytes: 100, elements: 10, depth: 3)
        func refusal(_ text: String, cutAt cuts: [Int] = []) -> RedisProtocolError? {
            #expect(throws: RedisProtocolError.self) {
                try read(Array(text.utf8), by: reading.make(small), cutAt: cuts)
            }
        }
        let long = "$101\r\n" + String(repeating: "a", count: 101)
        #expect(refusal(long) == .tooManyBytes)
        #expect(refusal(long, cutAt: [6, 50, 90]) == .tooManyBytes)
        #expect(refusal("*11\r\n") == .tooManyElements)
        #expect(refusal("*2000000000\r\n") == .tooManyElements)
        #expect(refusal("*2\r\n*5\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n*5\r\n") == .tooManyElements)
        #expect(refusal("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n") == .tooDeep)
        #expect(try read(Array("*1\r\n*1\r\n*1\r\n:1\r\n".utf8), by: reading.make(small)).count == 1)
        // Each reply has the bounds for itself.
        let many = String(repeating: "*9\r\n" + String(repeating: ":1\r\n", count: 9), count: 50)
        let reader = try reading.make(small)
        var count = 0
        for byte in many.utf8 { count += try read([byte], by: reader).count }
        #expect(count == 50)
    }

    @Test(arguments: Reading.allCases)
    func `reads 10 MB in pieces of 64 KiB, of one string and of many numbers`(reading: Reading) throws {
        let size = 10 << 20
        let string = Array("$\(size)\r\n".utf8) + [UInt8](repeating: 120, count: size) + [13, 10]
        let cuts = Array(stride(from: 65536, to: string.count, by: 65536))
        #expect(try read(string, by: reading.make(), cutAt: cuts).first?.bytes?.count == size)
        let numbers = Array("*100000\r\n".utf8) + (0..<100_000).flatMap { _ in Array(":1234567\r\n".utf8) }
        let more = Array(stride(from: 65536, to: numbers.count, by: 65536))
        #expect(try read(numbers, by: reading.make(), cutAt: more).first?.elements?.count == 100_000)
    }

    @Test(arguments: Reading.allCases)
    func `gives memory back when it goes away within a reply`(reading: Reading) throws {
        #expect(try read(Array("*3\r\n$1\r\na\r\n*2\r\n:1\r\n".utf8), by: reading.make()).isEmpty)
        #expect(throws: RedisProtocolError.self) {
            try read(Array("*3\r\n$1\r\na\r\n*2\r\n:1\r\nx".utf8), by: reading.make())
        }
    }
}
