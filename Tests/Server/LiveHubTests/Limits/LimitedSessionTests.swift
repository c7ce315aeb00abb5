import EventLoop
import JSON
@testable import LiveHub
import LiveProtocol
import Postgres
import Telemetry
import TestKit
import Testing

/// Limits as clients meet them: who is refused, with what words, and who is not.
struct `Limited session` {
    private func error(_ reply: JSONValue) -> String? {
        guard let error = reply["error"] else { return nil }
        return
            "\(error["code"]?.int ?? 0) \(error["message"]?.string ?? "") \(error["temporary"]?.bool ?? false)"
    }

    /// How often a limit was met, as metrics tell it.
    private func times(_ limit: LiveLimit, _ site: LiveSite) -> Int {
        Int(site.metrics.counter("cohort_live_limited_total", "", ("limit", limit.name)).value)
    }

    @Test func `refuses a user's connection beyond the limit until another ends; others come in`()
        async throws
    {
        let site = try await LiveSite.start { $0.userLimits.connections = 2 }
        try await site.run { open in
            let first = try await open(0, "1:7:x")
            _ = try await open(1, "1:7:x")
            let third = try await open(0, "1:7:x")
            #expect(error(third.messages[0]) == "106 limit exceeded: user.connections true")
            #expect(try await open(0, "1:8:x").messages[0]["connect"] != nil)
            #expect(try await open(0, "2:7:x").messages[0]["connect"] != nil)
            let limit = LiveLimit("user.connections", .count)
            #expect(times(limit, site) == 1)
            #expect(times(LiveLimit("user.joins", .rate), site) == 0)
            first.close()
            var reply = JSONValue.null
            while reply["connect"] == nil { reply = await third.command("connect", #"{"token":"1:7:x"}"#) }
            #expect(!third.isClosed)
        }
    }

    @Test func `refuses a user who comes too often, a while after they have gone, too`() async throws {
        let site = try await LiveSite.start { $0.userLimits.joins = Rate(1, burst: 5) }
        try await site.run { open in
            for _ in 0..<4 { try await open(0, "1:7:x").close() }
            let late = try await open(0, "1:7:x")
            #expect(error(late.messages[0]) == "111 too many requests: user.joins true")
            #expect(try await open(0, "1:8:x").messages[0]["connect"] != nil)
        }
    }

    @Test func `refuses an institution's connections and joins beyond the limit, and no other's`()
        async throws
    {
        let site = try await LiveSite.start {
            $0.institutionLimits.connections = 3
            $0.institutionLimits.joins = Rate(1, burst: 5)
        }
        try await site.run { open in
            var clients = [LiveClient]()
            for user in 0..<3 { clients.append(try await open(user % 2, "1:\(user + 1):x")) }
            #expect(clients.allSatisfy { $0.messages[0]["connect"] != nil })
            let fourth = try await open(0, "1:9:x")
            #expect(error(fourth.messages[0]) == "106 limit exceeded: institution.connections true")
            #expect(try await open(0, "2:9:x").messages[0]["connect"] != nil)
        }
    }

    @Test func `counts subscriptions of a connection, a user and an institution, each with its name`()
        async throws
    {
        let site = try await LiveSite.start {
            $0.subscriptionsPerSession = 3
            $0.userLimits.subscriptions = 4
            $0.institutionLimits.subscriptions = 6
        }
        try await site.run { open in
            func subscribe(_ client: LiveClient, _ count: Int) async -> [String?] {
                var answers: [String?] = []
                for number in 0..<count {
                    answers.append(
                        error(await client.command("subscribe", #"{"channel":"blink:\#(number)"}"#)))
                }
                return answers
            }
            let one = try await open(0, "1:7:x")
            #expect(
                await subscribe(one, 4) == [
                    nil, nil, nil, "106 limit exceeded: connection.subscriptions false",
                ])
            let tab = try await open(1, "1:7:x")
            #expect(await subscribe(tab, 2) == [nil, "106 limit exceeded: user.subscriptions true"])
            let other = try await open(1, "1:8:x")
            #expect(
                await subscribe(other, 3) == [nil, nil, "106 limit exceeded: institution.subscriptions true"])
            let abroad = try await open(1, "2:8:x")
            #expect(await subscribe(abroad, 3) == [nil, nil, nil])
            // What is given up counts no more.
            _ = await one.command("unsubscribe", #"{"channel":"blink:0"}"#)
            #expect(await other.command("subscribe", #"{"channel":"blink:9"}"#)["subscribe"] != nil)
        }
    }

    @Test func `lets go of all that a client had when its connection ends`() async throws {
        let site = try await LiveSite.start {
            $0.userLimits.connections = 1
            $0.userLimits.subscriptions = 2
        }
        try await site.run { open in
            for _ in 0..<3 {
                let client = try await open(0, "1:7:x")
                for name in ["blink:1", "blink:2"] {
                    #expect(await client.command("subscribe", #"{"channel":"\#(name)"}"#)["subscribe"] != nil)
                }
                client.sendRaw("{")
                await client.until { client.isClosed }
            }
        }
    }

    @Test func `limits calls, publications and reads of a user, each apart`() async throws {
        let site = try await LiveSite.start {
            $0.userLimits.calls = Rate(1, burst: 2)
            $0.userLimits.publications = Rate(1, burst: 2)
            $0.userLimits.reads = Rate(1, burst: 2)
        }
        try await site.run { open in
            let client = try await open(0, "1:7:staff")
            _ = await client.command("subscribe", #"{"channel":"app:x"}"#)
            for (command, body, limit) in [
                ("rpc", #"{"method":"note","data":{"text":"x"}}"#, "calls"),
                ("publish", #"{"channel":"app:x","data":1}"#, "publications"),
                ("presence", #"{"channel":"app:x"}"#, "reads"),
            ] {
                for _ in 0..<2 { #expect(error(await client.command(command, body)) == nil) }
                #expect(
                    error(await client.command(command, body)) == "111 too many requests: user.\(limit) true")
            }
            #expect(await client.command("ping", "{}")["ping"] != nil)
        }
    }

    @Test func `refuses what is sent too fast, then closes who goes on with it`() async throws {
        let site = try await LiveSite.start {
            $0.commandsPerSecond = 1
            $0.commandBurst = 20
        }
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            let lines = (100..<10_100).map { #"{"id":\#($0),"ping":{}}"# }
            let begun = ContinuousClock.now
            for start in stride(from: 0, to: lines.count, by: 1000) {
                client.sendRaw(lines[start..<start + 1000].joined(separator: "\n"))
            }
            await client.until { client.isClosed }
            #expect(client.closeCode == 3013)
            #expect(client.closeReason == "too many requests: connection.refusals")
            let refused = client.messages.compactMap(error)
            #expect(Set(refused) == ["111 too many requests: connection.commands true"])
            // Both allowances grow while it lasts: by one command and by twenty refusals a second.
            let seconds = Int((ContinuousClock.now - begun).components.seconds) + 1
            #expect((20...20 + seconds).contains(client.messages.count { $0["ping"] != nil }))
            #expect((990...1000 + 20 * seconds).contains(refused.count))
        }
    }

    @Test func `closes who sends malformed commands without end`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            let lines = (100..<1200).map { #"{"id":\#($0),"rpc":[]}"# }
            client.sendRaw(lines.joined(separator: "\n"))
            await client.until { client.isClosed }
            #expect(client.closeCode == 3509)
            #expect(client.closeReason == "too many errors: connection.errors")
        }
    }

    @Test func `closes who sends too much before it is let in`() async throws {
        let site = try await LiveSite.start()
        try await site.run { _ in
            let client = try await site.knock(0)
            let lines = (2..<100).map { #"{"id":\#($0),"ping":{}}"# }
            client.sendRaw(#"{"id":1,"connect":{"token":"1:7:x"}}"# + "\n" + lines.joined(separator: "\n"))
            await client.until { client.isClosed }
            #expect(client.closeCode == 3013)
            #expect(client.closeReason == "too many requests: connection.waiting")
        }
    }

    @Test func `refuses all of a frame whose bytes are too many for its connection`() async throws {
        let site = try await LiveSite.start {
            $0.commandsPerSecond = 5
            $0.commandBurst = 8
            $0.messageBytes = 4096
        }
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            let text = String(repeating: "x", count: 60_000)
            #expect(
                error(await client.command("rpc", #"{"method":"note","data":{"text":"\#(text)"}}"#)) == nil)
            #expect(
                error(await client.command("rpc", #"{"method":"note","data":{"text":"\#(text)"}}"#))
                    == "111 too many requests: connection.bytes true")
        }
    }

    @Test func `sets no limit of rates for who has set none`() async throws {
        let site = try await LiveSite.start {
            ($0.commandsPerSecond, $0.commandBurst) = (1_000_000, 1_000_000)
            ($0.userLimits, $0.groupLimits, $0.institutionLimits) = (
                PartyLimits(), PartyLimits(), PartyLimits()
            )
            $0.boundsUserMessages = false
        }
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            _ = await client.command("subscribe", #"{"channel":"blink:x"}"#)
            let lines = (100..<5100).map { #"{"id":\#($0),"publish":{"channel":"blink:x","data":1}}"# }
            for start in stride(from: 0, to: lines.count, by: 1000) {
                client.sendRaw(lines[start..<start + 1000].joined(separator: "\n"))
            }
            await client.until {
                client.messages.count { $0["id"]?.int ?? 0 >= 100 } == 5000 || client.isClosed
            }
            #expect(client.messages.compactMap(error).isEmpty)
        }
    }
}
