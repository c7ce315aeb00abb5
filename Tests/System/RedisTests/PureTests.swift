@testable import Redis
import Testing

struct `A key's slot` {
    @Test func `is that of the cluster specification`() {
        #expect(KeySlot.crc16(Array("123456789".utf8)) == 0x31C3)
        #expect(KeySlot.slot(of: "") == 0)
        #expect(KeySlot.slot(of: "foo") == 12182)
        #expect(KeySlot.slot(of: "123456789") == 12739)
    }

    @Test(
        arguments: [
            ("{user1000}.following", "user1000"), ("foo{}{bar}", nil), ("foo{{bar}}zap", "{bar"),
            ("foo{bar}{zap}", "bar"), ("foo{bar", nil), ("foo}bar{", nil), ("{}", nil), ("}{a}", "a"),
        ] as [(String, String?)])
    func `takes the hash tag alone where there is one`(key: String, tag: String?) {
        #expect(KeySlot.slot(of: key) == Int(KeySlot.crc16((tag ?? key).utf8)) % 16384)
    }
}

struct `A map of slots` {
    private let source = RedisEndpoint(host: "10.0.0.9", port: 7000)

    private func range(_ first: Int64, _ last: Int64, _ host: RedisValue, _ port: Int64) -> RedisValue {
        .array([.integer(first), .integer(last), .array([host, .integer(port), .bulk([]), .array([])])])
    }

    private func host(_ text: String) -> RedisValue { .bulk(Array(text.utf8)) }

    @Test func `is read and routes`() throws {
        let reply = RedisValue.array([
            range(0, 100, host("10.0.0.1"), 1), range(101, 16383, host("10.0.0.2"), 2),
        ])
        var map = try #require(ClusterTopology(slots: reply, from: source))
        #expect(map.isComplete)
        #expect(map.master(of: 100) == RedisEndpoint(host: "10.0.0.1", port: 1))
        #expect(map.master(of: 101) == RedisEndpoint(host: "10.0.0.2", port: 2))
        let before = map
        let third = RedisEndpoint(host: "10.0.0.3", port: 3)
        map.apply(moved: 100, to: third)
        #expect(map.master(of: 100) == third)
        #expect(map.masters.count == 3)
        #expect(map != before)
        for slot in 0...99 { map.apply(moved: slot, to: third) }
        #expect(map.masters == [third, RedisEndpoint(host: "10.0.0.2", port: 2)])
        for slot in 0...100 { map.apply(moved: slot, to: RedisEndpoint(host: "10.0.0.1", port: 1)) }
        #expect(map == before)
    }

    @Test(arguments: [RedisValue.null, .bulk([]), .bulk([63])])
    func `puts the replying node's host where none is named`(host: RedisValue) throws {
        let map = try #require(ClusterTopology(slots: .array([range(5, 6, host, 8)]), from: source))
        #expect(map.master(of: 5) == RedisEndpoint(host: "10.0.0.9", port: 8))
        #expect(map.master(of: 7) == nil)
        #expect(!map.isComplete)
    }

    @Test func `refuses what is none`() {
        let bad: [RedisValue] = [
            .null, .array([]), .array([.integer(1)]), .array([range(0, 16384, host("h"), 1)]),
            .array([range(5, 4, host("h"), 1)]), .array([range(-1, 4, host("h"), 1)]),
            .array([range(0, 4, host("h"), 70000)]),
            .array([.array([.integer(0), .integer(1), .array([])])]),
        ]
        for reply in bad { #expect(ClusterTopology(slots: reply, from: source) == nil) }
    }
}

struct `An error reply` {
    @Test(
        arguments: [
            ("LOADING Redis is loading the dataset in memory", .loading, .comeBackLater),
            ("MASTERDOWN Link with MASTER is down", .masterDown, .comeBackLater),
            ("READONLY You can't write against a read only replica.", .readOnly, .findMaster),
            (
                "MOVED 3999 127.0.0.1:6381", .moved(slot: 3999, to: .init(host: "127.0.0.1", port: 6381)),
                .learnSlots
            ),
            ("MOVED 1 :6381", .moved(slot: 1, to: .init(host: "", port: 6381)), .learnSlots),
            ("ASK 3999 ::1:6381", .ask(slot: 3999, to: .init(host: "::1", port: 6381)), .none),
            ("MOVED x 127.0.0.1:6381", .other(code: "MOVED", message: "x 127.0.0.1:6381"), .none),
            ("MOVED 16384 127.0.0.1:6381", .other(code: "MOVED", message: "16384 127.0.0.1:6381"), .none),
            ("CLUSTERDOWN Hash slot not served", .clusterDown, .learnSlots),
            ("TRYAGAIN Multiple keys", .tryAgain, .none),
            ("CROSSSLOT Keys in request", .crossSlot, .none),
            ("OOM command not allowed", .outOfMemory, .none),
            ("NOAUTH Authentication required.", .noAuthentication, .comeBackSlowly),
            ("WRONGPASS invalid username-password pair", .wrongPassword, .comeBackSlowly),
            ("NOPERM no permissions", .noPermission("no permissions"), .none),
            ("NOSCRIPT No matching script.", .noScript, .none),
            ("WRONGTYPE Operation against", .wrongType, .none),
            ("BUSY Redis is busy", .busy, .none), ("NOREPLICAS Not enough", .noReplicas, .none),
            ("NOPROTO unsupported protocol version", .noProtocol, .comeBackSlowly),
            ("ERR unknown command", .other(code: "ERR", message: "unknown command"), .none),
            ("something else", .other(code: "ERR", message: "something else"), .none),
            ("", .other(code: "ERR", message: ""), .none),
        ] as [(String, RedisServerError, RedisServerError.Consequence)])
    func `is read by its first word, which says what it means`(
        line: String, error: RedisServerError, consequence: RedisServerError.Consequence
    ) {
        #expect(RedisServerError(line: line) == error)
        #expect(error.consequence == consequence)
        #expect(!error.code.isEmpty)
    }
}

struct `A Redis URL` {
    @Test func `names everything`() throws {
        let settings = try RedisSettings(
            url: "rediss://al%40ice:s%3Aecret%2F@h.example:7000/3?protocol=3&name=node-1")
        #expect(settings.isEncrypted)
        #expect(settings.user == "al@ice")
        #expect(settings.password == "s:ecret/")
        #expect(settings.endpoints == [RedisEndpoint(host: "h.example", port: 7000)])
        #expect(settings.database == 3)
        #expect(settings.protocolVersion == .resp3)
        #expect(settings.clientName == "node-1")
        #expect(settings.display == "rediss://al@ice@h.example:7000/3")
        #expect(!settings.display.contains("secret"))
    }

    @Test(arguments: [
        ("redis://h", "redis://h:6379/0"), ("redis://[::1]:7", "redis://[::1]:7/0"),
        ("redis://:pw@h/", "redis://h:6379/0"), ("redis://[::1]/2", "redis://[::1]:6379/2"),
        ("redis://a:1,b:2?cluster=true", "redis://a:1,b:2/?cluster=true"),
        ("redis://a:1/0?cluster=false", "redis://a:1/0"),
    ])
    func `leads where it says`(url: String, display: String) throws {
        #expect(try RedisSettings(url: url).display == display)
    }

    @Test(arguments: [
        "", "http://h", "redis://", "redis://h:0", "redis://h:99999", "redis://h:x", "redis://user@h",
        "redis://h/x", "redis://h/-1", "redis://a,b", "redis://a,,b?cluster=true", "redis://h/1?cluster=true",
        "redis://h?cluster=maybe", "redis://h?what=1", "redis://h?name", "redis://:%zz@h", "redis://:%f@h",
        "redis://[::1", "redis://[::1]x", "redis://:%FF@h", "redis://h?name=a%20b",
    ])
    func `is refused without being repeated`(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisSettings(url: url) }
        guard case .configuration(let text) = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
        #expect(url.isEmpty || !text.contains(url))
    }
}

struct `A command` {
    @Test(arguments: [
        (["GET", "a"], "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"),
        (["X", "", "b"], "*3\r\n$1\r\nX\r\n$0\r\n\r\n$1\r\nb\r\n"),
        (["S", "ä\r\n%s"], "*2\r\n$1\r\nS\r\n$6\r\nä\r\n%s\r\n"), ([""], "*1\r\n$0\r\n\r\n"),
    ])
    func `is written with its lengths`(words: [String], text: String) {
        #expect(CommandFormatter.bytes(of: words.map { RedisArgument($0) }) == Array(text.utf8))
    }

    @Test func `carries zero bytes and a megabyte`() throws {
        let payload = [UInt8](repeating: 0, count: 1 << 20)
        let bytes = try #require(
            CommandFormatter.bytes(of: RedisCommand("SET", key: "k", RedisArgument(payload))))
        #expect(try read(bytes, by: Reading.hiredis.make()).first?.elements?.last == .bulk(payload))
    }

    @Test func `knows its key`() {
        #expect(RedisCommand("SET", key: "k", 7).words.map(\.bytes) == [[83, 69, 84], [107], [55]])
        #expect(RedisCommand("SET", key: "k", 7).key == [107])
        #expect(RedisCommand("PING", key: nil).key == nil)
    }
}

struct `A script` {
    @Test func `is named by its SHA-1`() {
        #expect(RedisScript("return 1").digest == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
        #expect(RedisScript("").digest == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }

    @Test func `belongs to its first key's node`() {
        let script = RedisScript("return 1")
        #expect(script.byDigest(keys: ["a", "b"], arguments: ["c"]).key == [97])
        #expect(script.byText(keys: [], arguments: []).key == nil)
        #expect(
            script.byText(keys: ["a"], arguments: [5]).words == ["EVAL", "return 1", 1, "a", 5])
    }
}

struct `A handshake` {
    private func commands(_ change: (inout RedisSettings) -> Void) -> [String] {
        var settings = RedisSettings(endpoint: RedisEndpoint(host: "h", port: 1))
        change(&settings)
        return Handshake(settings).commands.map { words in
            words.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: " ")
        }
    }

    @Test func `says who we are`() {
        #expect(commands { _ in } == ["CLIENT SETNAME cohort", "PING"])
        #expect(commands { $0.password = "p" } == ["AUTH p", "CLIENT SETNAME cohort", "PING"])
        #expect(
            commands {
                $0.user = "u"
                $0.password = "p"
                $0.database = 2
            } == ["AUTH u p", "CLIENT SETNAME cohort", "SELECT 2", "PING"])
        #expect(
            commands {
                $0.protocolVersion = .resp3
                $0.password = "p"
            } == ["HELLO 3 AUTH default p SETNAME cohort", "PING"])
    }

    @Test(
        arguments: [
            ("ERR unknown subcommand", "PONG", .done), ("NOPERM no", "PONG", .done),
            ("NOAUTH no", nil, .failed(.server(.noAuthentication))),
            ("LOADING yes", nil, .failed(.server(.loading))),
        ] as [(String, String?, Handshake.Outcome)])
    func `goes on without a name and ends at a refusal`(
        first: String, second: String?, outcome: Handshake.Outcome
    ) {
        var handshake = Handshake(RedisSettings(endpoint: RedisEndpoint(host: "h", port: 1)))
        var last = handshake.receive(.error(RedisServerError(line: first)))
        if let second {
            #expect(last == .goOn)
            last = handshake.receive(.simple(second))
        }
        #expect(last == outcome)
    }
}

struct `What a subscriber hears` {
    @Test(
        arguments: [
            (["message", "c", "p"], .message(channel: "c", payload: [112])),
            (["smessage", "c", ""], .message(channel: "c", payload: [])),
            (["ssubscribe", "c", "1"], .subscribed("c")),
            (["subscribe", "c", "1"], .subscribed("c")), (["sunsubscribe", "c", "0"], .unsubscribed("c")),
            (["pong", ""], .pong), (["message", "c"], nil), (["what", "c"], nil), ([], nil),
        ] as [([String], PubSubEvent?)])
    func `is the same in both protocols`(words: [String], event: PubSubEvent?) {
        let parts = words.map { RedisValue.bulk(Array($0.utf8)) }
        #expect(PubSubEvent(.array(parts)) == event)
        #expect(PubSubEvent(.push(parts)) == event || (event == nil && PubSubEvent(.push(parts)) == .other))
    }
}
