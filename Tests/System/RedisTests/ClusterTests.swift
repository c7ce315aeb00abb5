import EventLoop
import Foundation
@testable import Redis
import Sockets
import TestKit
import Testing

/// Runs `body` with a cluster of three masters and clients of it.
private func withCluster(
    password: String? = nil, version: RedisSettings.ProtocolVersion = .resp2,
    settings change: @escaping @Sendable (inout RedisSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (PrivateRedisCluster, RedisCluster, Place) async throws -> Void
) async throws {
    var options = PrivateRedis.Options(folder: freshFolder())
    options.password = password
    let chosen = options
    let made = try #require(await servers.run { Result { try PrivateRedisCluster.start(chosen) } }).get()
    let result: Result<Void, any Error>
    do {
        try await onLoop { place in
            try await made.form(on: place.loop)
            let settings = made.settings.hasty {
                $0.protocolVersion = version
                change(&$0)
            }
            let client = RedisCluster(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            try await body(made, client, place)
        }
        result = .success(())
    } catch {
        result = .failure(error)
    }
    _ = await servers.run { made.stop() }
    for number in 0..<3 { try? FileManager.default.removeItem(atPath: "\(chosen.folder)-\(number)") }
    try result.get()
}

/// Talks to one node of a cluster, as its administrator.
private func node(_ endpoint: RedisEndpoint, _ cluster: RedisCluster, _ place: Place) -> RedisNode {
    var settings = cluster.settings
    settings.endpoints = [endpoint]
    return RedisNode(loop: place.loop, settings: settings, dialer: place.dialer)
}

/// A slot on its way from one master to another.
private struct Move {
    let slot: Int
    let source: RedisNode
    let target: RedisNode
    let all: [RedisNode]

    func close() { for node in all { node.close() } }

    func begin() async throws {
        let sourceID = try await id(of: source)
        let targetID = try await id(of: target)
        try await setSlot(target, ["IMPORTING", RedisArgument(sourceID)])
        try await setSlot(source, ["MIGRATING", RedisArgument(targetID)])
    }

    func end() async throws {
        let owner = RedisArgument(try await id(of: target))
        for node in [target, source] + all.filter({ $0 !== target && $0 !== source }) {
            try await setSlot(node, ["NODE", owner])
        }
    }

    private func id(of node: RedisNode) async throws -> String {
        try await node.run(RedisCommand("CLUSTER", ["MYID"], key: nil)).text ?? ""
    }

    private func setSlot(_ node: RedisNode, _ words: [RedisArgument]) async throws {
        try await node.run(RedisCommand("CLUSTER", ["SETSLOT", RedisArgument(slot)] + words, key: nil))
    }
}

private func move(of key: String, in cluster: RedisCluster, _ place: Place) throws -> Move {
    let slot = KeySlot.slot(of: key)
    let owner = try #require(cluster.topology.master(of: slot))
    let all = cluster.topology.masters.map { node($0, cluster, place) }
    let source = try #require(all.first { $0.endpoint == owner })
    let target = try #require(all.first { $0.endpoint != owner })
    return Move(slot: slot, source: source, target: target, all: all)
}

@Suite(.timeLimit(.minutes(5)))
struct `A client of a real cluster` {
    @Test(arguments: [RedisSettings.ProtocolVersion.resp2, .resp3])
    func `finds the master of each key`(version: RedisSettings.ProtocolVersion) async throws {
        try await withCluster(password: "s3cret", version: version) { made, client, place async throws in
            for number in 0..<200 { try await client.ask("SET", "key-\(number)", RedisArgument(number)) }
            for number in 0..<200 {
                #expect(try await client.ask("GET", "key-\(number)").integer == Int64(number))
            }
            try await place.until("all are connected") { client.isOpen }
            #expect(client.topology.masters == Set(made.servers.map(\.endpoint)))
            var sizes: [Int64] = []
            for server in made.servers {
                let one = node(server.endpoint, client, place)
                sizes.append(try await one.run(RedisCommand("DBSIZE", key: nil)).integer ?? 0)
                one.close()
            }
            #expect(sizes.reduce(0, +) == 200)
            #expect(sizes.allSatisfy { $0 > 20 })
            let script = RedisScript("return redis.call('GET', KEYS[1])")
            let answers = (0..<30).map { number in
                let answer = Answer<RedisValue>()
                client.script(script, keys: ["key-\(number)"]) { answer.give($0) }
                return answer
            }
            for (number, answer) in answers.enumerated() {
                #expect(try await answer.value().integer == Int64(number))
            }
            #expect(await client.begin("MGET", "key-1", "key-2", key: "key-1").error() == .server(.crossSlot))
        }
    }

    @Test func `follows a slot while it moves and afterwards`() async throws {
        try await withCluster { made, client, place async throws in
            try await client.ask("SET", "{t}a", 1)
            try await place.until("the map is read") { client.isOpen }
            let move = try move(of: "{t}", in: client, place)
            defer { move.close() }
            try await move.begin()
            // One key stays, new ones come to be at the target.
            #expect(try await client.ask("GET", "{t}a").integer == 1)
            let before = client.totals.redirections
            #expect(try await client.ask("SET", "{t}new", 2).isOK)
            #expect(client.totals.redirections == before + 1)
            #expect(client.totals.refused["ASK"] == 1)
            let split = await client.begin("MGET", "{t}a", "{t}new", key: "{t}a").error()
            #expect(split == .server(.tryAgain))
            #expect(client.totals.redirections == before + 6)
            try await move.source.run(
                RedisCommand(
                    "MIGRATE",
                    [
                        RedisArgument(move.target.endpoint.host), RedisArgument(move.target.endpoint.port),
                        "{t}a",
                        0, 5000,
                    ], key: nil))
            #expect(try await client.ask("MGET", "{t}a", "{t}new").elements?.compactMap(\.integer) == [1, 2])
            try await move.end()
            #expect(try await client.ask("GET", "{t}a").integer == 1)
            #expect(client.topology.master(of: move.slot) == move.target.endpoint)
            let after = client.totals.redirections
            #expect(try await client.ask("GET", "{t}new").integer == 2)
            #expect(client.totals.redirections == after)
        }
    }

    @Test func `goes on at the other nodes when one dies`() async throws {
        try await withCluster { made, client, place async throws in
            try await client.ask("SET", "a", 1)
            try await place.until("the map is read") { client.isOpen }
            let dead = made.servers[0]
            let names = (0..<100).map { RedisArgument("key-\($0)") }
            let alive = try #require(
                names.first {
                    client.topology.master(of: KeySlot.slot(of: $0.bytes)) == made.servers[1].endpoint
                })
            let gone = try #require(
                names.first { client.topology.master(of: KeySlot.slot(of: $0.bytes)) == dead.endpoint })
            _ = await servers.run { dead.kill() }
            let answer = client.begin("SET", gone, 1, key: gone)
            #expect(try await client.ask("SET", alive, 1).isOK)
            let error = await answer.error()
            #expect(
                error == .timeout(.waiting) || error == .disconnected(maybeExecuted: true)
                    || error == .server(.clusterDown))
        }
    }

    @Test func `starts although its first seed is dead`() async throws {
        try await withCluster { made, _, place async throws in
            let listener = try Listener(on: SocketAddress(host: "127.0.0.1", port: 0), loop: place.loop) {
                _ in
            }
            let dead = RedisEndpoint(host: "127.0.0.1", port: listener.address.port)
            listener.close()
            let settings = made.settings.hasty { $0.endpoints = [dead, made.servers[1].endpoint] }
            let client = RedisCluster(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            let answers = (0..<20).map { client.begin("SET", "key-\($0)", 1, key: "key-\($0)") }
            for answer in answers { #expect(try await answer.value().isOK) }
            try await place.until("the map is read") { client.isOpen }
            #expect(client.lastError == nil)
        }
    }

    @Test func `follows no redirection for ever`() async throws {
        try await onLoop { place in
            var own = RedisEndpoint(host: "", port: 0)
            let server = try ScriptedRedis(place) { words, _ in
                switch words[0] {
                case "GET": .bytes("-MOVED 15495 :\(own.port)\r\n")
                case "CLUSTER": .bytes("*0\r\n")
                default: .usual
                }
            }
            own = server.endpoint
            defer { server.close() }
            var settings = server.settings
            settings.isCluster = true
            let client = RedisCluster(loop: place.loop, settings: settings, dialer: place.dialer)
            defer { client.close() }
            let error = await client.begin("GET", "a", key: "a").error()
            #expect(error == .server(.moved(slot: 15495, to: RedisEndpoint(host: "", port: own.port))))
            #expect(server.count(of: "GET") == 6)
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A subscriber of a real cluster` {
    @Test(arguments: [RedisSettings.ProtocolVersion.resp2, .resp3])
    func `hears each channel at its master, and follows when its slot moves`(
        version: RedisSettings.ProtocolVersion
    ) async throws {
        try await withCluster(version: version) { made, client, place async throws in
            let subscriber = RedisClusterSubscriber(cluster: client)
            let listening = Listening()
            subscriber.delegate = listening
            defer { subscriber.close() }
            let names = (0..<40).map { "channel-\($0)" }
            for answer in names.map({ subscriber.begin($0) }) { try await answer.value() }
            func publish(_ text: String, to channel: String) async throws -> Int {
                let answer = Answer<Int>()
                client.publish(Array(text.utf8), to: channel) { answer.give($0) }
                return try await answer.value()
            }
            for name in names { #expect(try await publish("1", to: name) == 1) }
            try await place.until("all came") { listening.messages.count == 40 }
            #expect(Set(listening.messages) == Set(names.map { "\($0): 1" }))
            #expect(listening.lost.isEmpty)

            let moving = names[7]
            let move = try move(of: moving, in: client, place)
            defer { move.close() }
            try await move.begin()
            try await move.end()
            try await place.until("it is back") { listening.resumed.contains(moving) }
            #expect(listening.lost.contains(moving))
            #expect(client.topology.master(of: move.slot) == move.target.endpoint)
            #expect(try await publish("2", to: moving) == 1)
            try await place.until("it came") { listening.messages.last == "\(moving): 2" }
            subscriber.unsubscribe(moving)
            #expect(subscriber.channelCount == 39)
            // What is asked for later, of the same node, is confirmed behind the end of it.
            try await subscriber.begin("{\(moving)}-2").value()
            #expect(try await publish("3", to: moving) == 0)
        }
    }

    @Test func `resumes at a master that was away`() async throws {
        try await withCluster(settings: {
            $0.pingInterval = .milliseconds(50)
            $0.commandTimeout = .seconds(1)
            $0.connectTimeout = .seconds(1)
        }) { made, client, place async throws in
            let subscriber = RedisClusterSubscriber(cluster: client)
            let listening = Listening()
            subscriber.delegate = listening
            defer { subscriber.close() }
            let names = (0..<20).map { "channel-\($0)" }
            for answer in names.map({ subscriber.begin($0) }) { try await answer.value() }
            let away = made.servers[2]
            let there = names.filter { client.topology.master(of: KeySlot.slot(of: $0)) == away.endpoint }
            away.suspend()
            try await place.until("they are lost") { Set(listening.lost).isSuperset(of: there) }
            away.resume()
            try await place.until("they are back", atMost: .seconds(40)) {
                Set(listening.resumed).isSuperset(of: there) && subscriber.isOpen
            }
        }
    }

    @Test func `tells which channels a dead master takes with it`() async throws {
        try await withCluster { made, client, place async throws in
            let subscriber = RedisClusterSubscriber(cluster: client)
            let listening = Listening()
            subscriber.delegate = listening
            defer { subscriber.close() }
            let names = (0..<40).map { "channel-\($0)" }
            for answer in names.map({ subscriber.begin($0) }) { try await answer.value() }
            let dead = made.servers[2]
            let there = names.filter { client.topology.master(of: KeySlot.slot(of: $0)) == dead.endpoint }
            _ = await servers.run { dead.kill() }
            try await place.until("they are lost") { listening.lost.count == there.count }
            #expect(Set(listening.lost) == Set(there))
            #expect(listening.resumed.isEmpty)
        }
    }
}
