import EventLoop
import JSON
import Testing

@testable import LiveHub

struct `A cohort that comes back at once` {
    /// Reads and shared answers, once the loops have said so; they do once a second.
    private func counts(
        _ site: LiveSite, _ client: LiveClient, until total: UInt64
    ) async -> (reads: UInt64, shared: UInt64) {
        let end = site.clients.now + .seconds(30)
        var sum = site.hub.counters.sum
        while sum.pastReads + sum.sharedReads < total, site.clients.now < end {
            _ = await client.command("ping", "{}")
            sum = site.hub.counters.sum
        }
        return (sum.pastReads, sum.sharedReads)
    }

    @Test func `has the same part of a log read once for many`() async throws {
        let site = try await LiveSite.start {
            $0.recentCount = 10
            $0.pageCount = 16
            $0.letEverythingPass()
        }
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            for number in 0..<90 {
                _ = await author.command("rpc", #"{"method":"note","data":{"text":"\#(number)"}}"#)
            }
            let epoch = await author.command("subscribe", #"{"channel":"notes:1"}"#)["subscribe"]?["epoch"]?
                .string
            let wish = #"{"channel":"notes:1","recover":true,"offset":0,"epoch":"\#(try #require(epoch))"}"#
            var herd: [LiveClient] = []
            for _ in 0..<40 { herd.append(try await open(1, "1:2:x")) }
            for client in herd { client.sendRaw(#"{"id":900,"subscribe":\#(wish)}"#) }
            for client in herd {
                await client.until { client.offsets("notes:1").last == 90 }
                let reply = client.messages.first { $0["id"]?.int == 900 }
                let given =
                    reply?["subscribe"]?["publications"]?.array?.compactMap { $0["offset"]?.int } ?? []
                #expect(given + client.offsets("notes:1") == Array(1...90))
            }
            // Five pages each: what is left after them is at hand.
            let (reads, shared) = await counts(site, author, until: 200)
            #expect(reads + shared == 200)
            #expect(reads >= 5 && reads < 100)
        }
    }

    @Test func `reads the latest of a log once, and what it has just said itself`() async throws {
        let site = try await LiveSite.start {
            $0.letEverythingPass()
        }
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            _ = await author.command("subscribe", #"{"channel":"notes:1"}"#)
            func say(_ text: String) async {
                _ = await author.command("rpc", #"{"method":"note","data":{"text":"\#(text)"}}"#)
            }
            func history(_ client: LiveClient, _ body: String) async -> [Int] {
                let reply = await client.command("history", #"{"channel":"notes:1",\#(body)}"#)
                return reply["history"]?["publications"]?.array?.compactMap { $0["offset"]?.int } ?? []
            }
            for number in 0..<5 { await say("\(number)") }
            await author.until { author.offsets("notes:1") == [1, 2, 3, 4, 5] }
            var herd: [LiveClient] = []
            for _ in 0..<20 {
                let client = try await open(0, "1:2:x")
                _ = await client.command("subscribe", #"{"channel":"notes:1"}"#)
                herd.append(client)
            }
            for client in herd { #expect(await history(client, #""limit":3,"reverse":true"#) == [5, 4, 3]) }
            #expect(await counts(site, author, until: 20).reads < 10)
            for number in 6...8 {
                await say("later")
                let all = await history(author, #""limit":100"#)
                #expect(all == Array(1...number))
            }
            await author.until { author.offsets("notes:1").last == 8 }
            #expect(await history(author, #""limit":2,"reverse":true"#) == [8, 7])
        }
    }

    @Test func `has a stream read once for many, and completed by what follows`() async throws {
        let site = try await LiveSite.start {
            $0.letEverythingPass()
        }
        try await site.run { open in
            let author = try await open(0, "app:ada")
            _ = await author.command("subscribe", #"{"channel":"app:x"}"#)
            for number in 1...8 {
                _ = await author.command("publish", #"{"channel":"app:x","data":\#(number)}"#)
            }
            var herd: [LiveClient] = []
            for _ in 0..<40 { herd.append(try await open(1, "app:bob")) }
            for client in herd {
                client.sendRaw(
                    #"{"id":900,"subscribe":{"channel":"app:x","recover":true,"offset":0,"epoch":""}}"#)
            }
            _ = await author.command("publish", #"{"channel":"app:x","data":9}"#)
            for client in herd {
                await client.until { client.messages.contains { $0["id"]?.int == 900 } }
                let result = client.messages.first { $0["id"]?.int == 900 }?["subscribe"]
                let given = result?["publications"]?.array?.compactMap { $0["data"]?.int } ?? []
                #expect(result?["recovered"]?.bool == true)
                await client.until {
                    (given + client.pushes("app:x").compactMap { $0["data"]?.int }).last == 9
                }
                #expect(given + client.pushes("app:x").compactMap { $0["data"]?.int } == Array(1...9))
            }
            let (reads, shared) = await counts(site, author, until: 40)
            #expect(reads + shared == 40 && reads < 20)
        }
    }
}
