import EventLoop
@testable import Redis
import Sockets
import TestKit
import Testing

/// Runs `body` with a scripted server and a client of it.
@discardableResult
func withScript<Value: Sendable>(
    _ script: @escaping @Sendable (_ words: [String], _ connection: Int) -> ScriptedRedis.Reply,
    settings change: @escaping @Sendable (inout RedisSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (ScriptedRedis, RedisNode, Place) async throws -> Value
) async throws -> Value {
    try await onLoop { place in
        let server = try ScriptedRedis(place, script)
        defer { server.close() }
        var settings = server.settings
        change(&settings)
        let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
        defer { client.close() }
        return try await body(server, client, place)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A connection to a server that misbehaves` {
    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "$5x\r\n", "*-9\r\n"])
    func `closes at garbage, and the next connection serves`(garbage: String) async throws {
        try await withScript { words, connection in
            words == ["GET", "a"] && connection == 1 ? .bytes(garbage) : .usual
        } _: { server, client, _ async throws in
            let first = client.begin("GET", "a", key: "a")
            let second = client.begin("GET", "b", key: "b")
            #expect(await first.error() == .disconnected(maybeExecuted: true))
            #expect(await second.error() == .disconnected(maybeExecuted: true))
            #expect(try await client.ask("GET", "a") == .simple("OK"))
            #expect(server.accepted == 2)
            #expect(client.totals.losses == 1)
            #expect(client.totals.connections == 2)
            #expect(client.totals.disconnected == 2)
        }
    }

    @Test func `closes at a reply to no command`() async throws {
        try await withScript({ _, _ in .usual }) { server, client, place async throws in
            try await client.ask("GET", "a")
            server.say("+surprise\r\n")
            try await place.until("it closes") { client.totals.losses == 1 }
            #expect(try await client.ask("GET", "a") == .simple("OK"))
        }
    }

    @Test func `closes at a reply that is larger than allowed`() async throws {
        try await withScript(
            { words, _ in words[0] == "GET" ? .bytes("$2000\r\n") : .usual },
            settings: { $0.replyLimits.elements = 3 }
        ) { server, client, place async throws in
            #expect(try await client.ask("SET", "a", 1) == .simple("OK"))
            let answer = client.begin("GET", "a", key: "a")
            server.say("*4\r\n")
            #expect(await answer.error() == .disconnected(maybeExecuted: true))
        }
    }

    @Test(arguments: [RedisSettings.ProtocolVersion.resp2, .resp3])
    func `takes a reply of 10 MB`(version: RedisSettings.ProtocolVersion) async throws {
        let size = 10 << 20
        let reply = Array("$\(size)\r\n".utf8) + [UInt8](repeating: 120, count: size) + Array("\r\n".utf8)
        try await withScript(
            { words, _ in words[0] == "GET" ? .raw(reply) : .usual },
            settings: { $0.protocolVersion = version }
        ) { _, client, _ async throws in
            #expect(try await client.ask("GET", "a").bytes?.count == size)
            #expect(client.totals.bytesReceived > UInt64(size))
        }
    }

    @Test(arguments: [RedisSettings.ProtocolVersion.resp2, .resp3])
    func `puts replies together that are cut at every byte`(version: RedisSettings.ProtocolVersion)
        async throws
    {
        try await onLoop { place in
            let text = Array("*2\r\n$3\r\na\r\n\r\n:5\r\n-OOM no\r\n$-1\r\n".utf8)
            for cut in 1...text.count {
                let stream = MemoryStream()
                let owner = Owner()
                var settings = RedisSettings(endpoint: RedisEndpoint(host: "h", port: 1))
                settings.protocolVersion = version
                let connection = RedisConnection(
                    loop: place.loop, endpoint: settings.endpoints[0], settings: settings,
                    dialer: RedisDialer { _, _, then in then(.success(stream)) }, owner: owner)
                connection.open()
                try await place.until("the handshake is sent") { !stream.sent.isEmpty }
                stream.receive(Array("+OK\r\n+PONG\r\n".utf8))
                #expect(owner.isOpen)
                let answers = (0..<3).map { _ in Answer<RedisValue>() }
                for answer in answers {
                    connection.send(RedisCommand("GET", key: "a")) { answer.give($0) }
                }
                for piece in stride(from: 0, to: text.count, by: cut) {
                    stream.receive(Array(text[piece..<min(piece + cut, text.count)]))
                }
                #expect(try await answers[0].value() == .array([.bulk([97, 13, 10]), .integer(5)]))
                #expect(await answers[1].error() == .server(.outOfMemory))
                #expect(try await answers[2].value() == .null)
                connection.close(.closed)
                #expect(stream.isClosed)
                #expect(owner.error == .closed)
            }
        }
    }

    @Test func `gives a silent server up`() async throws {
        try await withScript(
            { words, connection in
                words[0] == "GET" && connection == 1 ? .silence : .usual
            }, settings: { $0.commandTimeout = .milliseconds(300) }
        ) { server, client, place async throws in
            let answer = client.begin("GET", "a", key: "a")
            #expect(await answer.error() == .disconnected(maybeExecuted: true))
            try await place.until("it comes back") { client.isOpen }
            #expect(server.accepted == 2)
        }
    }

    @Test func `finds a half-open connection by its own PING`() async throws {
        try await onLoop { place in
            var pings = 0
            let server = try ScriptedRedis(place) { words, connection in
                guard words[0] == "PING", connection == 1 else { return .usual }
                pings += 1
                return pings < 4 ? .usual : .silence
            }
            defer { server.close() }
            var settings = server.settings
            settings.pingInterval = .milliseconds(20)
            settings.commandTimeout = .milliseconds(500)
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            client.start()
            try await place.until("it comes back") { server.accepted == 2 && client.isOpen }
            #expect(pings == 4)
            #expect(client.totals.losses == 1)
        }
    }

    @Test func `gives a server up that never ends the handshake`() async throws {
        try await withScript(
            { _, connection in connection == 1 ? .silence : .usual },
            settings: { $0.connectTimeout = .milliseconds(500) }
        ) { server, client, _ async throws in
            #expect(try await client.ask("GET", "a") == .simple("OK"))
            #expect(server.accepted == 2)
        }
    }

    @Test func `fails what is in flight when the server hangs up, and sends nothing twice`() async throws {
        try await withScript({ words, _ in words == ["INCR", "a"] ? .hangUp : .usual }) {
            server, client, _ async throws in
            let answer = client.begin("INCR", "a", key: "a")
            #expect(await answer.error() == .disconnected(maybeExecuted: true))
            #expect(try await client.ask("GET", "a") == .simple("OK"))
            #expect(server.count(of: "INCR") == 1)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A dialer` {
    @Test func `goes on to the next address of a name`() async throws {
        try await onLoop { place in
            let server = try ScriptedRedis(place) { _, _ in .usual }
            defer { server.close() }
            let listener = try Listener(on: SocketAddress(host: "127.0.0.1", port: 0), loop: place.loop) {
                _ in
            }
            let closed = listener.address
            listener.close()
            let port = server.endpoint.port
            let dialer = RedisDialer.tcp(context: StreamContext(loop: place.loop)) { endpoint, then in
                do {
                    #expect(endpoint.host == "redis.example")
                    then(.success([closed, try SocketAddress(host: "127.0.0.1", port: port)]))
                } catch {
                    then(.failure(.unavailable("\(error)")))
                }
            }
            let settings = RedisSettings(endpoint: RedisEndpoint(host: "redis.example", port: 6379)).hasty()
            let client = RedisNode(loop: place.loop, settings: settings, dialer: dialer)
            defer { client.close() }
            #expect(try await client.ask("GET", "a").isOK)
            #expect(client.totals.losses == 0)
        }
    }

    @Test func `that does not encrypt sends nothing where that is asked for`() async throws {
        try await withScript({ _, _ in .usual }) { server, _, place async throws in
            var settings = server.settings
            settings.isEncrypted = true
            settings.commandTimeout = .milliseconds(50)
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            #expect(await client.begin("GET", "a", key: "a").error() == .timeout(.waiting))
            guard case .configuration = client.lastError else {
                Issue.record("unexpected: \(String(describing: client.lastError))")
                return
            }
            #expect(server.accepted == 0)
        }
    }

    @Test func `without a resolver refuses names`() async throws {
        try await onLoop { place in
            let settings = RedisSettings(endpoint: RedisEndpoint(host: "redis.example", port: 6379)).hasty {
                $0.commandTimeout = .milliseconds(50)
            }
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            #expect(await client.begin("GET", "a", key: "a").error() == .timeout(.waiting))
            #expect(client.lastError == .unavailable("not an address: redis.example"))
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A server's refusal` {
    @Test func `LOADING makes the client come back until the data is there`() async throws {
        try await withScript { words, connection in
            words[0] == "PING" && connection < 4 ? .bytes("-LOADING Redis is loading\r\n") : .usual
        } _: { server, client, _ async throws in
            #expect(try await client.ask("GET", "a") == .simple("OK"))
            #expect(server.accepted == 4)
            #expect(server.count(of: "GET") == 1)
            #expect(client.lastError == nil)
        }
    }

    @Test func `READONLY makes the client look for the master, after what is in flight is answered`()
        async throws
    {
        try await withScript { words, connection in
            switch (words[0], connection) {
            case ("SET", 1): .bytes("-READONLY You can't write against a read only replica.\r\n")
            case ("GET", 1): .bytes("$3\r\nold\r\n")
            default: .usual
            }
        } _: { server, client, place async throws in
            let write = client.begin("SET", "a", 1, key: "a")
            let read = client.begin("GET", "a", key: "a")
            #expect(await write.error() == .server(.readOnly))
            #expect(try await read.value().text == "old")
            #expect(try await client.ask("SET", "a", 1) == .simple("OK"))
            #expect(server.accepted == 2)
        }
    }

    @Test func `NOAUTH fails callers at once and is tried again slowly`() async throws {
        try await withScript { words, _ in
            words[0] == "AUTH" ? .usual : .bytes("-NOAUTH Authentication required.\r\n")
        } settings: {
            $0.backoff.limit = .seconds(60)
        } _: { server, client, _ async throws in
            let first = client.begin("GET", "a", key: "a")
            #expect(await first.error() == .server(.noAuthentication))
            let second = client.begin("GET", "a", key: "a")
            #expect(await second.error() == .server(.noAuthentication))
            #expect(server.accepted == 1)
            #expect(client.lastError == .server(.noAuthentication))
        }
    }

    @Test(
        arguments: [
            ("OOM command not allowed", .outOfMemory), ("WRONGTYPE Operation", .wrongType),
            ("BUSY running", .busy),
            ("ERR what", .other(code: "ERR", message: "what")), ("CLUSTERDOWN no", .clusterDown),
            ("MOVED 1 127.0.0.1:1", .moved(slot: 1, to: .init(host: "127.0.0.1", port: 1))),
        ] as [(String, RedisServerError)])
    func `of one command leaves the connection as it is`(line: String, error: RedisServerError) async throws {
        try await withScript { words, _ in
            words[0] == "SET" ? .bytes("-\(line)\r\n") : .usual
        } _: { server, client, _ async throws in
            let answer = client.begin("SET", "a", 1, key: "a")
            #expect(await answer.error() == .server(error))
            #expect(try await client.ask("GET", "a") == .simple("OK"))
            #expect(server.accepted == 1)
            #expect(client.totals.refused == [error.code: 1])
            #expect(client.totals.succeeded == 1)
        }
    }

    @Test func `NOSCRIPT sends the text once`() async throws {
        try await withScript { words, _ in
            words[0] == "EVALSHA" ? .bytes("-NOSCRIPT No matching script.\r\n") : .bytes(":1\r\n")
        } _: { server, client, place async throws in
            let answer = Answer<RedisValue>()
            client.script(RedisScript("return 1"), keys: ["k"], arguments: ["a"]) { answer.give($0) }
            #expect(try await answer.value() == .integer(1))
            #expect(
                server.heard.suffix(2) == [
                    ["EVALSHA", RedisScript("return 1").digest, "1", "k", "a"],
                    ["EVAL", "return 1", "1", "k", "a"],
                ])
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A bound` {
    @Test func `of commands in flight refuses the next at once`() async throws {
        try await withScript(
            { words, _ in words[0] == "GET" ? .silence : .usual },
            settings: { $0.pipelineDepth = 5 }
        ) { server, client, place async throws in
            try await client.ask("SET", "a", 1)
            let answers = (0..<5).map { _ in client.begin("GET", "a", key: "a") }
            let refused = client.begin("GET", "a", key: "a")
            #expect(await refused.error() == .overloaded)
            #expect(client.inFlight == 5)
            try await place.until("five came") { server.count(of: "GET") == 5 }
            server.say(String(repeating: "+v\r\n", count: 5))
            for answer in answers { #expect(try await answer.value() == .simple("v")) }
            #expect(client.totals.overloaded == 1)
            #expect(server.count(of: "GET") == 5)
        }
    }

    @Test func `of commands in line refuses the next, and their time ends`() async throws {
        try await onLoop { place in
            // Nobody listens there.
            let listener = try Listener(on: SocketAddress(host: "127.0.0.1", port: 0), loop: place.loop) {
                _ in
            }
            let port = listener.address.port
            listener.close()
            var settings = RedisSettings(endpoint: RedisEndpoint(host: "127.0.0.1", port: port)).hasty()
            settings.waitingLimit = 2
            settings.commandTimeout = .milliseconds(100)
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            let answers = (0..<3).map { _ in client.begin("GET", "a", key: "a") }
            #expect(await answers[2].error() == .overloaded)
            #expect(await answers[0].error() == .timeout(.waiting))
            #expect(await answers[1].error() == .timeout(.waiting))
            let last = client.begin("GET", "a", key: "a")
            client.close()
            #expect(await last.error() == .closed)
            #expect(await client.begin("GET", "a", key: "a").error() == .closed)
            guard case .unavailable = client.lastError else {
                Issue.record("unexpected: \(String(describing: client.lastError))")
                return
            }
        }
    }

    @Test func `of attempts to connect is the backoff's`() async throws {
        try await onLoop { place in
            var attempts = 0
            let dialer = RedisDialer { _, _, then in
                attempts += 1
                then(.failure(.unavailable("no")))
            }
            var settings = RedisSettings(endpoint: RedisEndpoint(host: "h", port: 1))
            settings.backoff = Backoff(base: .seconds(30), limit: .seconds(60))
            settings.commandTimeout = .milliseconds(50)
            let client = RedisNode(loop: place.loop, settings: settings, dialer: dialer)
            _ = await client.begin("GET", "a", key: "a").error()
            #expect(attempts >= 1)
            #expect(attempts <= 2)
            client.close()
        }
    }

    @Test func `of channels refuses the next`() async throws {
        try await withScript({ _, _ in .silence }) { server, _, place async throws in
            var settings = server.settings
            settings.channelLimit = 2
            let subscriber = RedisSubscriber(loop: place.loop, settings: settings, dialer: place.dialer)
            let answers = ["a", "b", "c"].map { subscriber.begin($0) }
            #expect(await answers[2].error() == .overloaded)
            #expect(subscriber.channelCount == 2)
            subscriber.close()
            #expect(await answers[0].error() == .closed)
        }
    }

    @Test func `of waiting for a confirmation ends the subscription`() async throws {
        try await withScript({ words, _ in words[0] == "SSUBSCRIBE" ? .silence : .usual }) {
            server, _, place async throws in
            var settings = server.settings
            settings.commandTimeout = .milliseconds(80)
            let subscriber = RedisSubscriber(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { subscriber.close() }
            #expect(await subscriber.begin("a").error() == .timeout(.waiting))
            #expect(subscriber.channelCount == 0)
        }
    }
}
