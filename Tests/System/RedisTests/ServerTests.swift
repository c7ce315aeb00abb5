import EventLoop
import Foundation
@testable import Redis
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct `A client of a real server` {
    @Test(arguments: [RedisSettings.ProtocolVersion.resp2, .resp3])
    func `sends commands and reads every kind of reply`(version: RedisSettings.ProtocolVersion) async throws {
        try await withServer { server, place async throws in
            let settings = server.settings.hasty { $0.protocolVersion = version }
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            let isThree = version == .resp3
            let bytes: [UInt8] = [0, 13, 10, 255, 36]
            #expect(try await client.ask("SET", "k", RedisArgument(bytes)).isOK)
            #expect(try await client.ask("GET", "k") == .bulk(bytes))
            #expect(try await client.ask("GET", "none") == .null)
            #expect(try await client.ask("INCRBY", "n", -5).integer == -5)
            #expect(try await client.ask("HSET", "h", "a", 1) == .integer(1))
            #expect(
                try await client.ask("HGETALL", "h")
                    == (isThree
                        ? .map([RedisPair(key: .bulk([97]), value: .bulk([49]))])
                        : .array([.bulk([97]), .bulk([49])])))
            #expect(try await client.ask("SADD", "s", "a") == .integer(1))
            #expect(
                try await client.ask("SMEMBERS", "s")
                    == (isThree ? .set([.bulk([97])]) : .array([.bulk([97])])))
            #expect(try await client.ask("ZADD", "z", "1.5", "m") == .integer(1))
            #expect(
                try await client.ask("ZSCORE", "z", "m")
                    == (isThree ? .double(1.5) : .bulk(Array("1.5".utf8))))
            let name = try await client.run(RedisCommand("CLIENT", ["GETNAME"], key: nil))
            #expect(name.text == "cohort")
            let error = await client.begin("INCR", "k", key: "k").error()
            #expect(error == .server(.other(code: "ERR", message: "value is not an integer or out of range")))
            #expect(await client.begin("LPUSH", "k", 1, key: "k").error() == .server(.wrongType))
        }
    }

    @Test func `answers ten thousand commands in flight in their order`() async throws {
        try await withServer { server, place async throws in
            let client = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            defer { client.close() }
            try await client.ask("SET", "a", 0)
            let answers = (0..<10_000).map { _ in client.begin("INCR", "a", key: "a") }
            for (number, answer) in answers.enumerated() {
                #expect(try await answer.value() == .integer(Int64(number + 1)))
            }
            #expect(client.inFlight == 0)
            #expect(client.totals.succeeded == 10_001)
        }
    }

    @Test func `logs in by password, as a user of its own, and into a database`() async throws {
        try await withServer {
            $0.password = "s3cret"
        } _: { server, place async throws in
            let plain = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            defer { plain.close() }
            try await plain.run(
                RedisCommand("ACL", ["SETUSER", "alice", "on", ">pw", "~*", "+@all", "-flushall"], key: nil))
            for version in [RedisSettings.ProtocolVersion.resp2, .resp3] {
                let settings = server.settings.hasty {
                    $0.user = "alice"
                    $0.password = "pw"
                    $0.database = 3
                    $0.protocolVersion = version
                }
                let alice = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
                defer { alice.close() }
                #expect(try await alice.run(RedisCommand("ACL", ["WHOAMI"], key: nil)).text == "alice")
                try await alice.ask("SET", "here", 1)
                guard case .server(.noPermission) = await alice.begin("FLUSHALL").error() else {
                    Issue.record("a forbidden command ran")
                    return
                }
            }
            #expect(try await plain.ask("EXISTS", "here") == .integer(0))
            try await plain.run(RedisCommand("SELECT", [3], key: nil))
            #expect(try await plain.ask("EXISTS", "here") == .integer(1))
        }
    }

    @Test(arguments: [nil, "wrong"], [RedisSettings.ProtocolVersion.resp2, .resp3])
    func `is told at once that its password is wrong`(
        password: String?, version: RedisSettings.ProtocolVersion
    ) async throws {
        try await withServer {
            $0.password = "s3cret"
        } _: { server, place async throws in
            let settings = server.settings.hasty {
                $0.password = password
                $0.protocolVersion = version
            }
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            let error = await client.begin("GET", "a", key: "a").error()
            #expect(error == .server(password == nil ? .noAuthentication : .wrongPassword))
            let subscriber = RedisSubscriber(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { subscriber.close() }
            #expect(await subscriber.begin("a").error() == error)
        }
    }

    @Test func `runs a script by its name, which a restarted server is taught again`() async throws {
        try await withServer { server, place async throws in
            let client = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            defer { client.close() }
            let script = RedisScript("redis.call('SET', KEYS[1], ARGV[1]); return {1, ARGV[1], false}")
            for expected: UInt64 in [1, 1, 2] {
                let answer = Answer<RedisValue>()
                client.script(script, keys: ["k"], arguments: ["v"]) { answer.give($0) }
                #expect(try await answer.value() == .array([.integer(1), .bulk([118]), .null]))
                #expect(client.totals.refused["NOSCRIPT"] == expected)
                if expected == 1, client.totals.succeeded == 2 {
                    try await client.run(RedisCommand("SCRIPT", ["FLUSH"], key: nil))
                }
            }
        }
    }

    @Test func `comes back after the server was killed and started again`() async throws {
        try await withServer { server, place async throws in
            let client = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            defer { client.close() }
            try await client.ask("SET", "a", 1)
            // The server sleeps on it, so that it is in flight when the server dies.
            let answer = client.begin("BLPOP", "none", 0, key: "none")
            _ = await servers.run { server.kill() }
            #expect(await answer.error() == .disconnected(maybeExecuted: true))
            let waiting = client.begin("GET", "a", key: "a")
            var options = PrivateRedis.Options(folder: freshFolder())
            options.port = server.endpoint.port
            let again = try await start(options)
            #expect(try await waiting.value() == .null)
            #expect(client.totals.connections == 2)
            _ = await servers.run { again.stop() }
            try? FileManager.default.removeItem(atPath: options.folder)
        }
    }

    @Test func `notices a suspended server and goes on when it does`() async throws {
        try await withServer { server, place async throws in
            let settings = server.settings.hasty {
                $0.commandTimeout = .seconds(1)
                $0.connectTimeout = .seconds(1)
            }
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            try await client.ask("SET", "a", 1)
            server.suspend()
            #expect(await client.begin("GET", "a", key: "a").error() == .disconnected(maybeExecuted: true))
            #expect(await client.begin("GET", "a", key: "a").error() == .timeout(.waiting))
            server.resume()
            try await place.until("it comes back") { client.isOpen }
            #expect(try await client.ask("GET", "a").integer == 1)
        }
    }

    @Test func `notices that its connection was ended by the server`() async throws {
        try await withServer { server, place async throws in
            let client = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            defer { client.close() }
            let other = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            defer { other.close() }
            try await client.ask("SET", "a", 1)
            let id = try await client.run(RedisCommand("CLIENT", ["ID"], key: nil)).integer ?? 0
            try await other.run(RedisCommand("CLIENT", ["KILL", "ID", RedisArgument(id)], key: nil))
            try await place.until("it notices") { client.totals.losses == 1 }
            #expect(try await client.ask("GET", "a").integer == 1)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A subscriber of a real server` {
    @Test(
        arguments: [RedisSettings.ProtocolVersion.resp2, .resp3], [RedisChannelKind.sharded, .plain])
    func `hears what is published, from the confirmation on`(
        version: RedisSettings.ProtocolVersion, kind: RedisChannelKind
    ) async throws {
        try await withServer { server, place async throws in
            let settings = server.settings.hasty { $0.protocolVersion = version }
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            let subscriber = RedisSubscriber(
                loop: place.loop, settings: settings, kind: kind, dialer: place.dialer)
            let listening = Listening()
            subscriber.delegate = listening
            defer {
                subscriber.close()
                client.close()
            }
            for channel in ["a", "b", "ä\r\n"] { try await subscriber.begin(channel).value() }
            try await subscriber.begin("a").value()
            for (channel, text) in [("a", "1"), ("b", "2"), ("c", "3"), ("ä\r\n", "4")] {
                let answer = Answer<Int>()
                client.publish(Array(text.utf8), to: channel, kind: kind) { answer.give($0) }
                #expect(try await answer.value() == (channel == "c" ? 0 : 1))
            }
            try await place.until("three came") { listening.messages.count == 3 }
            #expect(listening.messages == ["a: 1", "b: 2", "ä\r\n: 4"])
            subscriber.unsubscribe("a")
            // Behind the end of the old subscription, in the same round.
            try await subscriber.begin("b").value()
            try await subscriber.begin("d").value()
            let answer = Answer<Int>()
            client.publish([49], to: "a", kind: kind) { answer.give($0) }
            #expect(try await answer.value() == 0)
            #expect(subscriber.totals.messages == 3)
            #expect(subscriber.channelCount == 3)
        }
    }

    @Test func `subscribes thousands in few commands, and again after a break`() async throws {
        try await withServer { server, place async throws in
            let settings = server.settings.hasty()
            let client = RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
            let subscriber = RedisSubscriber(loop: place.loop, settings: settings, dialer: place.dialer)
            let listening = Listening()
            subscriber.delegate = listening
            defer {
                subscriber.close()
                client.close()
            }
            let names = (0..<3000).map { "channel-\($0)" }
            for answer in names.map({ subscriber.begin($0) }) { try await answer.value() }
            let statistics = try await client.run(RedisCommand("INFO", ["commandstats"], key: nil)).text ?? ""
            #expect(statistics.contains("cmdstat_ssubscribe:calls=12,"), "\(statistics)")
            try await client.run(RedisCommand("CLIENT", ["KILL", "TYPE", "pubsub"], key: nil))
            try await place.until("all are back") { listening.resumed.count == 3000 }
            #expect(Set(listening.lost) == Set(names))
            #expect(Set(listening.resumed) == Set(names))
            let answer = Answer<Int>()
            client.publish([49], to: "channel-2999") { answer.give($0) }
            #expect(try await answer.value() == 1)
            try await place.until("it came") { listening.messages == ["channel-2999: 1"] }
        }
    }

    @Test func `ends with the last of quick changes`() async throws {
        try await withServer { server, place async throws in
            let client = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            let subscriber = RedisSubscriber(
                loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            let listening = Listening()
            subscriber.delegate = listening
            defer {
                subscriber.close()
                client.close()
            }
            try await subscriber.begin("other").value()
            let first = subscriber.begin("a")
            subscriber.unsubscribe("a")
            let second = subscriber.begin("a")
            subscriber.unsubscribe("b")
            let third = subscriber.begin("b")
            subscriber.unsubscribe("b")
            #expect(await first.error() == .closed)
            #expect(await third.error() == .closed)
            try await second.value()
            try await subscriber.begin("c").value()
            let counts = try await client.run(
                RedisCommand("PUBSUB", ["SHARDNUMSUB", "a", "b", "c"], key: nil))
            #expect(counts.elements?.compactMap(\.integer) == [1, 0, 1])
        }
    }

    @Test func `finds a suspended server by its own PING and resumes`() async throws {
        try await withServer { server, place async throws in
            let settings = server.settings.hasty {
                $0.pingInterval = .milliseconds(30)
                $0.commandTimeout = .seconds(1)
                $0.connectTimeout = .seconds(1)
            }
            let subscriber = RedisSubscriber(loop: place.loop, settings: settings, dialer: place.dialer)
            let listening = Listening()
            subscriber.delegate = listening
            defer { subscriber.close() }
            try await subscriber.begin("a").value()
            server.suspend()
            try await place.until("it is lost") { listening.lost == ["a"] }
            server.resume()
            try await place.until("it is back") { listening.resumed == ["a"] }
        }
    }

    @Test func `is refused channels that its user may not hear`() async throws {
        try await withServer { server, place async throws in
            let admin = RedisNode(loop: place.loop, settings: server.settings.hasty(), dialer: place.dialer)
            defer { admin.close() }
            try await admin.run(
                RedisCommand(
                    "ACL", ["SETUSER", "bob", "on", ">pw", "~*", "resetchannels", "&ok-*", "+@all"], key: nil)
            )
            let settings = server.settings.hasty {
                $0.user = "bob"
                $0.password = "pw"
            }
            let subscriber = RedisSubscriber(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { subscriber.close() }
            guard case .server(.noPermission) = await subscriber.begin("secret").error() else {
                Issue.record("a forbidden channel was subscribed")
                return
            }
            try await subscriber.begin("ok-1").value()
            #expect(subscriber.channelCount == 1)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A private server` {
    @Test func `says why it cannot start`() async throws {
        let error = await failure(PrivateRedisError.self) {
            try await start(PrivateRedis.Options(folder: "/tmp/no-such-folder-\(getpid())/redis"))
        }
        guard case .system("mkdir", _, ENOENT) = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
        var options = PrivateRedis.Options(folder: freshFolder())
        options.extraSettings = ["no-such-setting yes"]
        let second = await failure(PrivateRedisError.self) { try await start(options) }
        guard case .notReady(let text) = second else {
            Issue.record("unexpected: \(String(describing: second))")
            return
        }
        #expect(text.contains("no-such-setting") || text.contains("FATAL"))
        try? FileManager.default.removeItem(atPath: options.folder)
    }

    @Test func `names its port, and stops`() async throws {
        try await withServer { server, place async throws in
            #expect(try RedisSettings(url: server.url).endpoints == [server.endpoint])
            #expect(server.isRunning)
            _ = await servers.run { server.stop() }
            _ = await servers.run { server.stop() }
            #expect(!server.isRunning)
        }
    }
}
