import EventLoop
import JSON
import LiveHub
import LiveProtocol
import Postgres
import TestKit
import Testing

struct `A session in plain channels` {
    private func code(_ reply: JSONValue) -> Int? { reply["error"]?["code"]?.int }

    @Test(arguments: [
        (#"{"channel":"news"}"#, 103), (#"{"channel":"news","token":"nonsense"}"#, 103),
        (#"{"channel":"news","token":"bob news"}"#, 103), (#"{"channel":"news","token":"ada other"}"#, 103),
        (#"{"channel":"news","token":"expired"}"#, 109), (#"{"channel":"news","token":"unknown"}"#, 100),
        (#"{"channel":"last:x","token":"nonsense"}"#, 103), (##"{"channel":"#bob"}"##, 103),
        (##"{"channel":"#bob","token":"ada #bob"}"##, 103),
        (#"{"channel":"news","token":"ada news","delta":"other"}"#, 107),
        (#"{"channel":"news","token":"ada news","tf":{"op":"xor"}}"#, 107),
        (#"{"channel":"app:x","tf":{"key":"a","cmp":"ex"}}"#, 107),
        (#"{"channel":"\#(String(repeating: "x", count: 256))"}"#, 107), (#"{"channel":":x"}"#, 102),
    ])
    func `is refused what it has no right to`(body: String, expected: Int) async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            #expect(code(await ada.command("subscribe", body)) == expected)
            // A refused subscription leaves nothing behind.
            let again = await ada.command("subscribe", #"{"channel":"news","token":"ada news"}"#)
            #expect(again["subscribe"] != nil)
        }
    }

    @Test func `is subscribed by the server, and goes on there in the connect reply`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada:news:no*name")
            let subs = try #require(ada.messages[0]["connect"]?["subs"]?.object)
            #expect(subs.members.map(\.name) == ["#ada", "news"])
            let epoch = try #require(ada.messages[0]["connect"]?["subs"]?["news"]?["epoch"]?.string)
            await ada.until { ada.messages.contains { $0["push"]?["join"] != nil } }
            for number in 1...3 {
                _ = await ada.command("publish", #"{"channel":"news","data":\#(number)}"#)
            }
            #expect(code(await ada.command("subscribe", #"{"channel":"news","token":"ada news"}"#)) == 105)

            let again = try await site.knock(1)
            let hello = await again.command(
                "connect",
                #"{"token":"app:ada:news","subs":{"news":{"recover":true,"offset":1,"epoch":"\#(epoch)"}}}"#)
            let news = try #require(hello["connect"]?["subs"]?["news"])
            #expect(news["recovered"]?.bool == true && news["was_recovering"]?.bool == true)
            #expect(news["publications"]?.array?.compactMap { $0["data"]?.int } == [2, 3])
            _ = await ada.command("publish", #"{"channel":"news","data":4}"#)
            await again.until { again.offsets("news") == [4] }
        }
    }

    @Test func `is told who comes and leaves, with what their tokens say`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let bob = try await open(1, "app:bob")
            _ = await ada.command("subscribe", #"{"channel":"news","token":"ada news"}"#)
            _ = await bob.command("subscribe", #"{"channel":"news","token":"bob news"}"#)
            func told(_ what: String) -> [JSONValue] {
                ada.messages.compactMap { message in
                    guard message["push"]?["channel"]?.string == "news" else { return nil }
                    return message["push"]?[what]?["info"]
                }
            }
            await ada.until { told("join").count == 2 }
            #expect(told("join")[1]["user"]?.string == "bob")
            #expect(told("join")[1]["conn_info"]?.string == "bob")
            #expect(told("join")[1]["chan_info"]?["seat"]?.int == 3)
            let presence = await ada.command("presence", #"{"channel":"news"}"#)
            #expect(presence["presence"]?["presence"]?.object?.count == 2)
            _ = await bob.command("unsubscribe", #"{"channel":"news"}"#)
            await ada.until { told("leave").count == 1 }
            _ = await bob.command("subscribe", #"{"channel":"news","token":"bob news"}"#)
            bob.close()
            await ada.until { told("leave").count == 2 }
        }
    }

    @Test func `hears of joins only when it asks where only these hear of them`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let bob = try await open(0, "app:bob")
            _ = await ada.command("subscribe", #"{"channel":"blink:x","join_leave":true}"#)
            _ = await bob.command("subscribe", #"{"channel":"blink:x"}"#)
            await ada.until {
                ada.messages.count {
                    $0["push"]?["join"] != nil && $0["push"]?["channel"]?.string == "blink:x"
                } == 2
            }
            _ = await ada.command("publish", #"{"channel":"blink:x","data":1}"#)
            await bob.until { !bob.pushes("blink:x").isEmpty }
            #expect(
                !bob.messages.contains {
                    $0["push"]?["join"] != nil && $0["push"]?["channel"]?.string == "blink:x"
                })
        }
    }

    @Test func `has place and recovery as it asks where only these have them`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            for (number, wish, recoverable, positioned) in [
                (1, "", false, false), (2, #","positioned":true"#, false, true),
                (3, #","recoverable":true"#, true, true),
            ] {
                let reply = await ada.command("subscribe", #"{"channel":"asked:\#(number)"\#(wish)}"#)
                #expect((reply["subscribe"]?["recoverable"]?.bool ?? false) == recoverable)
                #expect((reply["subscribe"]?["positioned"]?.bool ?? false) == positioned)
                #expect((reply["subscribe"]?["epoch"] != nil) == positioned)
            }
            #expect(code(await ada.command("history", #"{"channel":"asked:1"}"#)) == 103)
            #expect(code(await ada.command("presence", #"{"channel":"asked:1"}"#)) == 108)
        }
    }

    @Test func `recovers no further back than the namespace keeps, and is refused when it asks for that`()
        async throws
    {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let begun = await ada.command("subscribe", #"{"channel":"news","token":"ada news"}"#)
            let epoch = try #require(begun["subscribe"]?["epoch"]?.string)
            for number in 1...6 {
                _ = await ada.command("publish", #"{"channel":"news","data":\#(number)}"#)
            }
            func back(_ offset: Int, _ epoch: String, flag: Int = 0) async throws -> JSONValue {
                let bob = try await open(0, "app:bob")
                return await bob.command(
                    "subscribe",
                    #"{"channel":"news","token":"bob news","recover":true,"offset":\#(offset),"epoch":"\#(epoch)","flag":\#(flag)}"#
                )
            }
            let near = try await back(2, epoch)["subscribe"]
            #expect(near?["recovered"]?.bool == true && near?["publications"]?.array?.count == 4)
            #expect(try await back(2, "")["subscribe"]?["recovered"]?.bool == true)
            #expect(try await back(6, epoch)["subscribe"]?["recovered"]?.bool == true)
            for (offset, epoch) in [(1, epoch), (2, "other"), (7, "other")] {
                let lost = try await back(offset, epoch)["subscribe"]
                #expect(lost?["recovered"] == nil && lost?["was_recovering"]?.bool == true)
                #expect(code(try await back(offset, epoch, flag: 2)) == 112)
            }
        }
    }

    @Test func `is given the newest alone where only that counts`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let begun = await ada.command("subscribe", #"{"channel":"last:x"}"#)
            let epoch = try #require(begun["subscribe"]?["epoch"]?.string)
            for number in 1...6 {
                _ = await ada.command("publish", #"{"channel":"last:x","data":\#(number)}"#)
            }
            for (offset, expected) in [(0, [6]), (3, [6]), (6, [])] {
                let bob = try await open(1, "app:bob")
                let reply = await bob.command(
                    "subscribe",
                    #"{"channel":"last:x","recover":true,"offset":\#(offset),"epoch":"\#(epoch)"}"#)
                #expect(reply["subscribe"]?["recovered"]?.bool == true)
                let data = reply["subscribe"]?["publications"]?.array?.compactMap { $0["data"]?.int } ?? []
                #expect(data == expected)
            }
        }
    }

    @Test func `takes differences when it asks for them, and a whole first`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let bob = try await open(1, "app:bob")
            _ = await ada.command("subscribe", #"{"channel":"news","token":"ada news"}"#)
            let begun = await bob.command(
                "subscribe", #"{"channel":"news","token":"bob news","delta":"fossil"}"#)
            #expect(begun["subscribe"]?["delta"]?.bool == true)
            let text = String(repeating: "the same each time ", count: 5)
            for number in 1...3 {
                _ = await ada.command("publish", #"{"channel":"news","data":{"text":"\#(text)\#(number)"}}"#)
            }
            await bob.until { bob.pushes("news").count == 3 }
            #expect(bob.pushes("news").map { $0["delta"]?.bool ?? false } == [false, true, true])
            #expect(bob.pushes("news").allSatisfy { $0["data"]?.string != nil })
            #expect(bob.pushes("news")[0]["data"]?.string == #"{"text":"\#(text)1"}"#)
            #expect(ada.pushes("news").allSatisfy { $0["data"]?["text"] != nil && $0["delta"] == nil })
            // Who goes on with others is unchanged when they leave.
            _ = await ada.command("unsubscribe", #"{"channel":"news"}"#)
            _ = await bob.command("publish", #"{"channel":"news","data":{"text":"\#(text)4"}}"#)
            await bob.until { bob.pushes("news").count == 4 }
            #expect(bob.pushes("news")[3]["delta"]?.bool == true)
        }
    }

    @Test func `gets what its filter takes, by tags, also of what it missed`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let wish =
                #""channel":"news","token":"ada news","delta":"fossil","tf":{"key":"t","cmp":"eq","val":"a"}"#
            let begun = await ada.command("subscribe", "{\(wish)}")
            #expect(begun["subscribe"]?["delta"] == nil)
            let epoch = try #require(begun["subscribe"]?["epoch"]?.string)
            let key = ChannelKey(institution: TenantID(rawValue: 1), name: "news")
            for tag in ["a", "b", "a"] {
                await withCheckedContinuation { continuation in
                    site.hub.broker.publishToStream(
                        .json(RawJSON { $0.string(tag) }), info: nil, tags: ["t": tag], to: key, size: 4,
                        lifetime: .seconds(60), loop: site.clients
                    ) { _ in continuation.resume() }
                }
            }
            await ada.until { ada.offsets("news") == [1, 3] }
            #expect(ada.pushes("news")[0]["tags"]?["t"]?.string == "a")
            _ = await ada.command("unsubscribe", #"{"channel":"news"}"#)
            let again = await ada.command(
                "subscribe", #"{\#(wish),"recover":true,"offset":0,"epoch":"\#(epoch)"}"#)
            let found = again["subscribe"]?["publications"]?.array?.compactMap { $0["offset"]?.int }
            #expect(found == [1, 3])
        }
    }

    @Test func `keeps a subscription by token as long as that is refreshed`() async throws {
        let site = try await LiveSite.start { $0.expiryGrace = .zero }
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let begun = await ada.command("subscribe", #"{"channel":"news","token":"ada news 2"}"#)
            #expect(begun["subscribe"]?["expires"]?.bool == true)
            #expect((1...2).contains(begun["subscribe"]?["ttl"]?.int ?? 0))
            for (token, expected) in [("nonsense", 103), ("expired", 109), ("", 103)] {
                let reply = await ada.command("sub_refresh", #"{"channel":"news","token":"\#(token)"}"#)
                #expect(code(reply) == expected)
            }
            #expect(
                code(await ada.command("sub_refresh", #"{"channel":"other","token":"ada other"}"#)) == 103)
            let fresh = await ada.command("sub_refresh", #"{"channel":"news","token":"ada news 1"}"#)
            #expect(fresh["sub_refresh"]?["ttl"]?.int == 1)
            await ada.until { ada.messages.contains { $0["push"]?["unsubscribe"]?["code"]?.int == 2501 } }
            #expect(code(await ada.command("publish", #"{"channel":"news","data":1}"#)) == 103)
        }
    }

    @Test func `reads history from either end, and not with another epoch`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await open(0, "app:ada")
            let begun = await ada.command("subscribe", #"{"channel":"news","token":"ada news"}"#)
            let epoch = try #require(begun["subscribe"]?["epoch"]?.string)
            for number in 1...6 {
                _ = await ada.command("publish", #"{"channel":"news","data":\#(number)}"#)
            }
            func offsets(_ what: String) async -> [Int] {
                let reply = await ada.command("history", #"{"channel":"news",\#(what)}"#)
                return reply["history"]?["publications"]?.array?.compactMap { $0["offset"]?.int } ?? []
            }
            #expect(await offsets(#""limit":-1"#) == [3, 4, 5, 6])
            #expect(await offsets(#""limit":2,"reverse":true"#) == [6, 5])
            #expect(await offsets(#""limit":2,"since":{"offset":3,"epoch":"\#(epoch)"}"#) == [4, 5])
            #expect(await offsets(#""limit":9,"reverse":true,"since":{"offset":5,"epoch":""}"#) == [4, 3])
            let reply = await ada.command(
                "history", #"{"channel":"news","limit":1,"since":{"offset":1,"epoch":"other"}}"#)
            #expect(code(reply) == 112)
        }
    }

    @Test func `is acted on by its app's server, on whatever node it is`() async throws {
        let redis = try await RedisRig.shared()
        let brokers = [try await redis.broker(), try await redis.broker()]
        let near = try await LiveSite.start(broker: brokers[0], bus: brokers[0])
        let far = try await LiveSite.start(on: near.database, broker: brokers[1], bus: brokers[1])
        let institution = TenantID(rawValue: 1)
        let channel = "news\(UInt32.random(in: 0 ... .max))"
        try await near.run { open in
            let here = try await open(0, "app:ada")
            try await far.run { open in
                let ada = try await open(1, "app:ada")
                // Of the same name, and nobody's of an app.
                let member = try await open(1, "1:7:ada")
                near.hub.carryOut(
                    AppOrder(institution: institution, user: "ada", .subscribe(channel: channel)))
                func told(_ client: LiveClient, _ what: String) -> [JSONValue] {
                    client.messages.compactMap { message in
                        guard message["push"]?["channel"]?.string == channel else { return nil }
                        return message["push"]?[what]
                    }
                }
                await ada.until { !told(ada, "subscribe").isEmpty && !told(ada, "join").isEmpty }
                #expect(told(ada, "subscribe")[0]["recoverable"]?.bool == true)
                _ = await ada.command("publish", #"{"channel":"\#(channel)","data":1}"#)
                await ada.until { ada.offsets(channel) == [1] }
                near.hub.carryOut(
                    AppOrder(institution: institution, user: "ada", .unsubscribe(channel: channel)))
                await ada.until { told(ada, "unsubscribe").first?["code"]?.int == 2000 }
                near.hub.carryOut(AppOrder(institution: institution, user: "ada", .disconnect))
                await ada.until { ada.isClosed }
                #expect(ada.closeCode == 3503)
                #expect(await member.command("ping", "{}")["ping"] != nil)
            }
            await here.until { here.isClosed }
            let subscribed = here.messages.contains { $0["push"]?["subscribe"] != nil }
            #expect(subscribed)
        }
    }
}
