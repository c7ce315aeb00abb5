import EventLoop
import JSON
import Testing

@testable import LiveHub

struct `A reader that is slow` {
    /// Writes notes of a size into a fresh site's log; the epoch in which they are.
    private func write(_ count: Int, of size: Int, _ author: LiveClient) async throws -> String {
        let text = String(repeating: "x", count: size)
        for _ in 0..<count {
            _ = await author.command("rpc", #"{"method":"note","data":{"text":"\#(text)"}}"#)
        }
        let reply = await author.command("subscribe", #"{"channel":"notes:1"}"#)
        return try #require(reply["subscribe"]?["epoch"]?.string)
    }

    private func offsets(_ reply: JSONValue?, of command: String) -> [Int] {
        reply?[command]?["publications"]?.array?.compactMap { $0["offset"]?.int } ?? []
    }

    @Test func `is disconnected beyond its budget, and then resumes without a loss`() async throws {
        let site = try await LiveSite.start {
            $0.sessionBudget = 200_000
            $0.letEverythingPass()
        }
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            let slow = try await open(0, "1:2:x")
            let reply = await slow.command("subscribe", #"{"channel":"notes:1"}"#)
            let epoch = try #require(reply["subscribe"]?["epoch"]?.string)
            slow.pauseReading()
            let text = String(repeating: "x", count: 30_000)
            var written = 0
            while site.hub.counters.sum.slowDisconnects == 0, written < 1000 {
                _ = await author.command("rpc", #"{"method":"note","data":{"text":"\#(text)"}}"#)
                written += 1
            }
            #expect(written < 1000)
            slow.resumeReading()
            await slow.until { slow.isClosed }
            let seen = slow.offsets("notes:1")
            #expect(seen == Array(1..<(seen.count + 1)))
            let back = try await open(1, "1:2:x")
            _ = await back.command(
                "subscribe",
                #"{"channel":"notes:1","recover":true,"offset":\#(seen.count),"epoch":"\#(epoch)"}"#)
            await back.until {
                let given = back.messages.compactMap { $0["subscribe"]?["publications"]?.array?.count }
                    .reduce(0, +)
                return seen.count + given + back.offsets("notes:1").count >= written
            }
        }
    }

    @Test(arguments: [1 << 20, 40_000])
    func `catches up no faster than it reads, with what is at hand and with what the log holds`(
        recentBytes: Int
    ) async throws {
        let site = try await LiveSite.start {
            $0.sessionBudget = 200_000
            $0.ephemeralBudget = 20_000
            $0.pageBytes = 70_000
            $0.recentBytes = recentBytes
            $0.letEverythingPass()
        }
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            let epoch = try await write(80, of: 10_000, author)
            let slow = try await open(0, "1:2:x")
            slow.pauseReading()
            slow.sendRaw(
                #"{"id":900,"subscribe":{"channel":"notes:1","recover":true,"offset":0,"epoch":"\#(epoch)"}}"#
            )
            // It is on its way when others have been answered; what it has not read is not waiting for it here.
            for _ in 0..<50 { _ = await author.command("ping", "{}") }
            slow.resumeReading()
            await slow.until { slow.offsets("notes:1").last == 80 || slow.isClosed }
            let first = offsets(slow.messages.first { $0["id"]?.int == 900 }, of: "subscribe")
            #expect((6...7).contains(first.count))
            #expect(first + slow.offsets("notes:1") == Array(1...80))
            // It is a member now.
            _ = await author.command("rpc", #"{"method":"note","data":{"text":"last"}}"#)
            await slow.until { slow.offsets("notes:1").last == 81 || slow.isClosed }
            #expect(!slow.isClosed)
        }
        #expect(site.hub.counters.sum.slowDisconnects == 0)
    }

    @Test func `is read no more of the past than it takes, and is refused what would wait too long`()
        async throws
    {
        let site = try await LiveSite.start {
            $0.ephemeralBudget = 20_000
            $0.historyBytes = 100_000
            $0.waitingReads = 30
            $0.letEverythingPass()
        }
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            _ = try await write(20, of: 10_000, author)
            let slow = try await open(0, "1:2:x")
            _ = await slow.command("subscribe", #"{"channel":"notes:1"}"#)
            slow.pauseReading()
            for number in 0..<100 {
                slow.sendRaw(
                    #"{"id":\#(1000 + number),"history":{"channel":"notes:1","limit":100}}"#)
            }
            for _ in 0..<50 { _ = await author.command("ping", "{}") }
            slow.resumeReading()
            let answers = { slow.messages.filter { ($0["id"]?.int ?? 0) >= 1000 } }
            await slow.until { answers().count == 100 || slow.isClosed }
            let refused = answers().filter { $0["error"] != nil }
            #expect(refused.allSatisfy { $0["error"]?["code"]?.int == 111 })
            #expect(refused.count > 30 && refused.count < 71)
            for answer in answers() where answer["error"] == nil {
                #expect(offsets(answer, of: "history") == Array(1...10))
            }
        }
        #expect(site.hub.counters.sum.slowDisconnects == 0)
    }

    @Test(arguments: ["notes:1", "app:x"])
    func `asks for the rest of a past that is too long for one reply`(channel: String) async throws {
        let site = try await LiveSite.start {
            $0.historyBytes = 35_000
            $0.letEverythingPass()
        }
        try await site.run { open in
            let reader = try await open(0, channel == "app:x" ? "app:ada" : "1:1:x")
            _ = await reader.command("subscribe", #"{"channel":"\#(channel)"}"#)
            let text = String(repeating: "x", count: 10_000)
            for _ in 0..<9 {
                let (name, body) =
                    channel == "app:x"
                    ? ("publish", #"{"channel":"app:x","data":"\#(text)"}"#)
                    : ("rpc", #"{"method":"note","data":{"text":"\#(text)"}}"#)
                _ = await reader.command(name, body)
            }
            var epoch = ""
            func page(_ since: Int?, reverse: Bool) async -> [Int] {
                let from = since.map { #","since":{"offset":\#($0),"epoch":"\#(epoch)"}"# } ?? ""
                let reply = await reader.command(
                    "history", #"{"channel":"\#(channel)","limit":100,"reverse":\#(reverse)\#(from)}"#)
                epoch = reply["history"]?["epoch"]?.string ?? ""
                #expect(reply["history"]?["offset"]?.int == 9)
                return offsets(reply, of: "history")
            }
            for reverse in [false, true] {
                var found: [Int] = []
                var longest = 0
                while found.count < 9 {
                    let next = await page(found.last, reverse: reverse)
                    guard !next.isEmpty else { break }
                    longest = max(longest, next.count)
                    found += next
                }
                #expect(found == (reverse ? Array((1...9).reversed()) : Array(1...9)))
                #expect((3...4).contains(longest))
            }
        }
    }
}
