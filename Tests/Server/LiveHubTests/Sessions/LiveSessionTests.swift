import EventLoop
import JSON
import LiveHub
import LiveProtocol
import Postgres
import TestKit
import Testing

struct `Live session` {
    @Test func `tells a new connection who it is, the time and how often it is pinged`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:staff")
            let hello = client.messages[0]["connect"]
            #expect(hello?["client"]?.string?.count == 36)
            #expect(hello?["ping"]?.int == 25)
            #expect(hello?["pong"]?.bool == true)
            #expect(hello?["data"]?["user"]?["id"]?.int == 7)
        }
    }

    @Test(arguments: [("nonsense", 3500), ("", 3500)] as [(String, UInt16)])
    func `closes for good on a token that is none`(token: String, code: UInt16) async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, token)
            await client.until { client.isClosed }
            #expect(client.closeCode == code)
        }
    }

    @Test func `answers an expired token with 109 and lets the client try again`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "expired")
            #expect(client.messages[0]["error"]?["code"]?.int == 109)
            let again = await client.command("connect", #"{"token":"1:7:staff"}"#)
            #expect(again["connect"] != nil)
        }
    }

    @Test func `ends with its credential, though that was far away when it began`() async throws {
        let site = try await LiveSite.start {
            $0.pingSeconds = 2
            $0.pongSeconds = 1
            $0.expiryGrace = .zero
        }
        try await site.run { open in
            // The end is near two pings before it: until then nothing waits for it.
            let client = try await open(0, "1:7:x:6")
            #expect(client.messages[0]["connect"]?["ttl"]?.int ?? 0 >= 5)
            let stays = try await open(0, "1:8:x:3600")
            await client.until { client.isClosed }
            #expect(client.closeCode == 3005)
            #expect(await stays.command("ping", "{}")["ping"] != nil)
        }
    }

    @Test(arguments: [
        ("{", UInt16(3501)), (#"{"id":5}"#, 3501), ("[]", 3501), (#"{"id":5,"connect":{}}"#, 3501),
    ])
    func `disconnects a client that breaks the protocol`(frame: String, code: UInt16) async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:staff")
            client.sendRaw(frame)
            await client.until { client.isClosed || client.messages.count > 1 }
            if client.isClosed {
                #expect(client.closeCode == code)
            } else {
                #expect(client.messages[1]["error"]?["code"]?.int == 104)
            }
        }
    }

    @Test(arguments: [
        ("subscribe", #"{"channel":"nowhere:1"}"#, 102), ("subscribe", #"{"channel":"notes:9"}"#, 103),
        ("rpc", #"{"method":"unknown","data":{}}"#, 104), ("rpc", #"{"method":"note","data":{}}"#, 107),
        ("publish", #"{"channel":"notes:1","data":{}}"#, 103),
        ("history", #"{"channel":"notes:1","limit":1}"#, 103),
        ("presence", #"{"channel":"notes:1"}"#, 103), ("subscribe", "{}", 107),
    ])
    func `refuses with the protocol's code and goes on`(command: String, body: String, code: Int) async throws
    {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:student")
            let reply = await client.command(command, body)
            #expect(reply["error"]?["code"]?.int == code)
            let names = Set(reply["error"]?.object?.members.map(\.name) ?? [])
            #expect(names.subtracting(["code", "message", "temporary"]).isEmpty)
            #expect(await client.command("ping", "{}")["ping"] != nil)
        }
    }

    @Test func `delivers events to members on every loop, once and in order, before the author's reply`()
        async throws
    {
        let site = try await LiveSite.start()
        try await site.run { open in
            let members = [
                try await open(0, "1:1:x"), try await open(1, "1:2:x"), try await open(1, "1:3:x"),
            ]
            for member in members {
                let reply = await member.command("subscribe", #"{"channel":"notes:1"}"#)
                #expect(reply["subscribe"]?["recoverable"]?.bool == true)
            }
            for number in 0..<50 {
                let author = members[number % 3]
                let reply = await author.command("rpc", #"{"method":"note","data":{"text":"n\#(number)"}}"#)
                #expect(reply["rpc"]?["data"]?["offset"]?.int == number + 1)
            }
            for member in members {
                await member.until { member.offsets("notes:1").count == 50 }
                #expect(member.offsets("notes:1") == Array(1...50))
                #expect(member.pushes("notes:1").map { $0["data"]?["id"]?.int } == (1...50).map { $0 })
            }
        }
    }

    @Test func `brings a returning member exactly what it missed`() async throws {
        let site = try await LiveSite.start { $0.recentCount = 20 }
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            for number in 0..<60 {
                _ = await author.command("rpc", #"{"method":"note","data":{"text":"\#(number)"}}"#)
            }
            let client = try await open(1, "1:2:x")
            let first = await client.command("subscribe", #"{"channel":"notes:1"}"#)
            let epoch = try #require(first["subscribe"]?["epoch"]?.string)
            #expect(first["subscribe"]?["offset"]?.int == 60)
            for (offset, expected) in [(60, 0), (55, 5), (3, 57), (0, 60)] {
                _ = await client.command("unsubscribe", #"{"channel":"notes:1"}"#)
                let before = client.offsets("notes:1").count
                let reply = await client.command(
                    "subscribe",
                    #"{"channel":"notes:1","recover":true,"offset":\#(offset),"epoch":"\#(epoch)"}"#)
                #expect(reply["subscribe"]?["recovered"]?.bool == true)
                let given = reply["subscribe"]?["publications"]?.array?.compactMap { $0["offset"]?.int } ?? []
                await client.until { given.count + client.offsets("notes:1").count - before >= expected }
                let pushed = client.offsets("notes:1").dropFirst(before)
                #expect(given + pushed == Array((offset + 1)..<(offset + 1 + expected)))
            }
        }
    }

    @Test func `pages a long gap without a hole while new events arrive`() async throws {
        let site = try await LiveSite.start {
            $0.recentCount = 10
            $0.pageCount = 16
            $0.letEverythingPass()
        }
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            for number in 0..<200 {
                _ = await author.command("rpc", #"{"method":"note","data":{"text":"\#(number)"}}"#)
            }
            let client = try await open(1, "1:2:x")
            let epoch = await client.command("subscribe", #"{"channel":"notes:1"}"#)["subscribe"]?["epoch"]?
                .string
            _ = await client.command("unsubscribe", #"{"channel":"notes:1"}"#)
            let epochText = try #require(epoch)
            client.sendRaw(
                #"{"id":900,"subscribe":{"channel":"notes:1","recover":true,"offset":0,"epoch":"\#(epochText)"}}"#
            )
            for number in 0..<50 {
                _ = await author.command("rpc", #"{"method":"note","data":{"text":"late \#(number)"}}"#)
            }
            await client.until { client.offsets("notes:1").last == 250 }
            let reply = client.messages.first { $0["id"]?.int == 900 }
            let given = reply?["subscribe"]?["publications"]?.array?.compactMap { $0["offset"]?.int } ?? []
            #expect(given + client.offsets("notes:1") == Array(1...250))
        }
    }

    @Test func `brings a returning member up to what is committed and not carried yet`() async throws {
        let site = try await LiveSite.start {
            $0.recentCount = 10
            $0.pageCount = 16
        }
        let elsewhere = try await Elsewhere(site)
        try await site.run { open in
            let author = try await open(0, "1:1:x")
            let first = await author.command("subscribe", #"{"channel":"notes:1"}"#)
            let epoch = try #require(first["subscribe"]?["epoch"]?.string)
            for number in 0..<60 {
                _ = await author.command("rpc", #"{"method":"note","data":{"text":"\#(number)"}}"#)
            }
            for _ in 0..<5 {
                try await elsewhere.append("notes:1")
            }
            let client = try await open(0, "1:2:x")
            let reply = await client.command(
                "subscribe", #"{"channel":"notes:1","recover":true,"offset":0,"epoch":"\#(epoch)"}"#)
            let given = reply["subscribe"]?["publications"]?.array?.compactMap { $0["offset"]?.int } ?? []
            // Caught up: what comes now comes to a member.
            await client.until { client.isClosed || client.offsets("notes:1").last ?? 0 >= 60 }
            _ = await client.command("ping", "{}")
            _ = await author.command("rpc", #"{"method":"note","data":{"text":"after"}}"#)
            await client.until { client.isClosed || client.offsets("notes:1").last == 66 }
            #expect(given + client.offsets("notes:1") == Array(1...66))
            #expect(!client.isClosed)
        }
    }

    @Test(arguments: ["notes:1", "board:1"])
    func `lets a member that has seen more elsewhere in when it is as far itself`(channel: String)
        async throws
    {
        let site = try await LiveSite.start()
        let elsewhere = try await Elsewhere(site)
        try await site.run { open in
            let first = try await open(0, "1:1:x")
            let known = await first.command("subscribe", #"{"channel":"\#(channel)"}"#)
            let epoch = try #require(known["subscribe"]?["epoch"]?.string)
            for _ in 0..<5 {
                try await elsewhere.append(channel)
            }
            let client = try await open(0, "1:2:x")
            let reply = await client.command(
                "subscribe", #"{"channel":"\#(channel)","recover":true,"offset":5,"epoch":"\#(epoch)"}"#)
            #expect(reply["subscribe"]?["recovered"]?.bool == true)
            #expect(reply["subscribe"]?["offset"]?.int == 5)
            #expect(reply["subscribe"]?["publications"] == nil)
            #expect(reply["subscribe"]?["data"] == nil)
            await first.until { first.offsets(channel).count == 5 }
            _ = await client.command("ping", "{}")
            #expect(client.offsets(channel).isEmpty)
        }
    }

    @Test func `does not believe a member that has seen more than there is`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:1:x")
            let known = await client.command("subscribe", #"{"channel":"notes:1"}"#)
            let epoch = try #require(known["subscribe"]?["epoch"]?.string)
            _ = await client.command("unsubscribe", #"{"channel":"notes:1"}"#)
            let reply = await client.command(
                "subscribe", #"{"channel":"notes:1","recover":true,"offset":70,"epoch":"\#(epoch)"}"#)
            #expect(reply["subscribe"]?["recovered"]?.bool != true)
            #expect(reply["subscribe"]?["was_recovering"]?.bool == true)
            #expect(reply["subscribe"]?["offset"]?.int ?? 0 == 0)
        }
    }

    @Test func `asks the log for what was never carried, though more came early than may be held`()
        async throws
    {
        let site = try await LiveSite.start()
        let elsewhere = try await Elsewhere(site)
        try await site.run { open in
            let member = try await open(0, "1:1:x")
            _ = await member.command("subscribe", #"{"channel":"notes:1"}"#)
            for _ in 0..<50 {
                try await elsewhere.append("notes:1")
            }
            let key = event("notes:1").channel
            for offset in UInt64(1000)...5200 { site.hub.broker.publish(publication(offset), to: key) }
            await member.until { member.offsets("notes:1").count >= 50 }
            #expect(member.offsets("notes:1") == Array(1...50))
        }
    }

    @Test func `gives no recovery in another epoch`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:1:x")
            let reply = await client.command(
                "subscribe", #"{"channel":"notes:1","recover":true,"offset":0,"epoch":"other"}"#)
            #expect(reply["subscribe"]?["was_recovering"]?.bool == true)
            #expect(reply["subscribe"]?["recovered"]?.bool != true)
        }
    }

    @Test func `begins a subscription with the channel's snapshot`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:1:x")
            let reply = await client.command("subscribe", #"{"channel":"board:1"}"#)
            #expect(reply["subscribe"]?["data"]?["whole"]?.bool == true)
            #expect(
                await client.command("subscribe", #"{"channel":"board:1"}"#)["error"]?["code"]?.int == 105)
        }
    }

    @Test func `keeps institutions apart though their channels bear one name`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let here = try await open(0, "1:1:x")
            let there = try await open(0, "2:1:x")
            for client in [here, there] { _ = await client.command("subscribe", #"{"channel":"notes:1"}"#) }
            _ = await here.command("rpc", #"{"method":"note","data":{"text":"ours"}}"#)
            let theirs = await there.command("rpc", #"{"method":"note","data":{"text":"theirs"}}"#)
            #expect(theirs["rpc"]?["data"]?["offset"]?.int == 1)
            #expect(there.pushes("notes:1").count == 1)
            #expect(here.pushes("notes:1").first?["data"]?["text"]?.string == "ours")
        }
    }

    @Test func `carries plain channels: publish, history, presence`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let one = try await open(0, "1:1:x")
            let two = try await open(1, "1:2:x")
            for client in [one, two] { _ = await client.command("subscribe", #"{"channel":"app:x"}"#) }
            for number in 0..<12 {
                _ = await one.command("publish", #"{"channel":"app:x","data":{"n":\#(number)}}"#)
            }
            await two.until { two.offsets("app:x").count == 12 }
            #expect(two.offsets("app:x") == Array(1...12))
            let history = await two.command("history", #"{"channel":"app:x","limit":100}"#)
            #expect(history["history"]?["publications"]?.array?.count == 10)
            let presence = await one.command("presence_stats", #"{"channel":"app:x"}"#)
            #expect(presence["presence_stats"]?["num_users"]?.int == 2)
        }
    }

    @Test func `disconnects who does not answer pings, and nobody else`() async throws {
        let site = try await LiveSite.start {
            $0.pingSeconds = 5
            $0.pongSeconds = 4
        }
        try await site.run { open in
            let silent = try await open(0, "1:1:x")
            let lively = try await open(0, "1:2:x")
            silent.answersPings = false
            await silent.until { silent.isClosed }
            #expect(silent.closeCode == 3012)
            #expect(!lively.isClosed)
        }
    }

    @Test func `lets a storm in at its pace: the others get a temporary error and may come again`()
        async throws
    {
        let site = try await LiveSite.start {
            $0.admissionsPerSecond = 1
            $0.admissionBurst = 2
        }
        try await site.run { _ in
            var clients: [LiveClient] = []
            for _ in 1...6 { clients.append(try await site.knock(0)) }
            // All at once, so that hardly a token can come back meanwhile.
            for (user, client) in clients.enumerated() {
                client.sendRaw(#"{"id":900,"connect":{"token":"1:\#(user + 1):x"}}"#)
            }
            for client in clients { await client.until { !client.messages.isEmpty } }
            let refused = clients.filter { $0.messages[0]["error"]?["code"]?.int == 111 }
            #expect(!refused.isEmpty && refused.count <= 4)
            #expect(refused.allSatisfy { $0.messages[0]["error"]?["temporary"]?.bool == true })
            guard var client = refused.first else { return }
            var reply = JSONValue.null
            while reply["connect"] == nil {
                // Whoever does not wait is sent away in the end.
                if client.isClosed { client = try await site.knock(0) }
                reply = await client.command("connect", #"{"token":"1:9:x"}"#)
            }
            #expect(reply["connect"] != nil)
        }
    }

    @Test func `sends sessions elsewhere when it drains, and lets nobody else in`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let clients = [try await open(0, "1:1:x"), try await open(1, "1:2:x")]
            site.hub.drain(over: .milliseconds(100))
            for client in clients {
                await client.until { client.isClosed }
                #expect(client.closeCode == 3001)
                #expect(client.closeReason.contains("retry_after_ms"))
            }
            let late = try await site.knock(0)
            #expect(late.isClosed)
        }
    }

    @Test func `ends the session of a caller whose credential was withdrawn`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let gone = try await open(0, "1:666:x")
            let stays = try await open(0, "1:6:x")
            await gone.until { gone.isClosed }
            #expect(gone.closeCode == 3011)
            #expect(await stays.command("ping", "{}")["ping"] != nil)
        }
    }

    @Test func `asks, once it knows what changes, about nobody but those whose credentials have`()
        async throws
    {
        let register = WithdrawalRegister()
        let site = try await LiveSite.start(tokens: PlainTokens(register: register)) {
            $0.letEverythingPass()
        }
        try await site.run { open in
            let (gone, stays) = (try await open(0, "1:7:x"), try await open(0, "1:8:x"))
            // At first everybody is asked about, and whoever comes after that.
            while register.changesTold == 0 || !Set(register.asked.joined()).isSuperset(of: [7, 8]) {
                _ = await stays.command("ping", "{}")
            }
            let before = register.asked.count
            register.withdraw(7)
            await gone.until { gone.isClosed }
            #expect(gone.closeCode == 3011)
            #expect(register.asked.count > before)
            #expect(register.asked.dropFirst(before).allSatisfy { $0 == [7] })
            #expect(await stays.command("ping", "{}")["ping"] != nil)
            // Whoever comes later may come with a token whose credential has gone before: they are asked about, once.
            let late = try await open(0, "1:9:x")
            while !register.asked.dropFirst(before).contains([9]) { _ = await late.command("ping", "{}") }
            register.withdraw(8)
            await stays.until { stays.isClosed }
            #expect(register.asked.dropFirst(before).filter { $0.contains(9) } == [[9]])
        }
    }

    @Test func `ends a user's sessions everywhere when asked`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let gone = [try await open(0, "1:5:x"), try await open(1, "1:5:x")]
            let stays = try await open(1, "1:6:x")
            site.hub.disconnect(institution: .init(rawValue: 1), user: 5, .forceDisconnect)
            for client in gone {
                await client.until { client.isClosed }
                #expect(client.closeCode == 3503)
            }
            #expect(await stays.command("ping", "{}")["ping"] != nil)
        }
    }
}

/// A log on a site's database whose broker carries nothing to the site.
private struct Elsewhere: Sendable {
    private let loop: EventLoop
    private let log: EventLog

    init(_ site: LiveSite) async throws {
        let loop = try EventLoop(index: 5, label: "elsewhere")
        self.loop = loop
        log = try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: site.database.app, size: 1, waiters: 10)
            pool.start()
            return EventLog(loop: loop, pool: pool, broker: RecordingBroker())
        }
    }

    func append(_ channel: String) async throws {
        let (loop, log) = (loop, log)
        let outcome = try await loop.perform { await log.append(event(channel), loop: loop) }
        guard case .recorded = outcome else { throw LiveSiteError.noReply }
    }
}
