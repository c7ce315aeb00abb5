import JSON
import LiveProtocol
import Postgres
import Testing

@testable import LiveHub

@Suite(.timeLimit(.minutes(5)))
struct `A control order` {
    private static func message(_ text: String) throws -> NodeMessage {
        NodeMessage(.control, try RawJSON(validating: Array(text.utf8)))
    }

    @Test(arguments: [
        ControlOrder.disconnect(institution: TenantID(rawValue: 3), user: nil, .forceDisconnect),
        .disconnect(institution: TenantID(rawValue: 3), user: 7, .forceDisconnect),
        .recheck(institution: TenantID(rawValue: 3), user: 7), .aside(NodeID(rawValue: 9), true),
        .aside(NodeID(rawValue: .max), false),
        .app(AppOrder(institution: TenantID(rawValue: 3), user: "ada", .subscribe(channel: "news"))),
        .app(AppOrder(institution: TenantID(rawValue: 3), user: "ada", .unsubscribe(channel: "news"))),
        .app(AppOrder(institution: TenantID(rawValue: 3), user: "ada", .disconnect)),
    ])
    func `is read as it was written`(order: ControlOrder) {
        #expect(ControlOrder(order.message) == order)
    }

    @Test(arguments: [
        "{}", "[]", #"{"do":"dance","institution":3,"code":3503}"#, #"{"do":"disconnect","code":3503}"#,
        #"{"do":"disconnect","institution":0,"code":3503}"#, #"{"do":"disconnect","institution":3}"#,
        #"{"do":"disconnect","institution":3,"code":1}"#,
        #"{"do":"disconnect","institution":3,"code":99999}"#,
        #"{"do":"disconnect","institution":3,"user":"x","code":3503}"#,
        #"{"do":"disconnect","institution":3,"user":null,"code":3503}"#,
        #"{"do":"recheck","institution":3}"#, #"{"do":"recheck","institution":3,"user":0}"#,
        #"{"do":"recheck","user":7}"#, #"{"do":"aside","node":"0000000000000009"}"#,
        #"{"do":"app","institution":3,"deed":"disconnect"}"#,
        #"{"do":"app","institution":3,"user":"","deed":"disconnect"}"#,
        #"{"do":"app","institution":3,"user":"ada","deed":"subscribe"}"#,
        #"{"do":"app","user":"ada","deed":"disconnect"}"#,
        #"{"do":"app","institution":3,"user":"ada","deed":"dance","channel":"x"}"#,
        #"{"do":"aside","node":"9","aside":true}"#, #"{"do":"aside","aside":true}"#,
    ])
    func `is nothing else: a wrong user never means everybody`(text: String) throws {
        #expect(ControlOrder(try Self.message(text)) == nil)
    }

    @Test func `ends a user's sessions on every node, and nobody else's`() async throws {
        let redis = try await RedisRig.shared()
        let brokers = [try await redis.broker(), try await redis.broker()]
        let near = try await LiveSite.start(broker: brokers[0], bus: brokers[0])
        let far = try await LiveSite.start(on: near.database, broker: brokers[1], bus: brokers[1])
        try await near.run { open in
            let here = try await open(1, "1:5:x")
            try await far.run { open in
                let gone = [try await open(0, "1:5:x"), try await open(1, "1:5:x")]
                let stays = [try await open(0, "1:6:x"), try await open(0, "2:5:x")]
                near.hub.disconnect(institution: TenantID(rawValue: 1), user: 5, .forceDisconnect)
                for client in gone {
                    await client.until { client.isClosed }
                    #expect(client.closeCode == 3503)
                }
                for client in stays { #expect(await client.command("ping", "{}")["ping"] != nil) }
            }
            await here.until { here.isClosed }
        }
    }

    @Test func `has every node look at once whether a user's credentials are current`() async throws {
        let redis = try await RedisRig.shared()
        let brokers = [try await redis.broker(), try await redis.broker()]
        let near = try await LiveSite.start(broker: brokers[0], bus: brokers[0])
        let far = try await LiveSite.start(on: near.database, broker: brokers[1], bus: brokers[1]) {
            $0.credentialSeconds = 3600
        }
        try await far.run { open in
            // The credential of 666 was withdrawn.
            let gone = try await open(0, "1:666:x")
            let stays = try await open(1, "1:5:x")
            near.hub.recheck(institution: TenantID(rawValue: 1), user: 5)
            near.hub.recheck(institution: TenantID(rawValue: 1), user: 666)
            await gone.until { gone.isClosed }
            #expect(gone.closeCode == 3011)
            #expect(await stays.command("ping", "{}")["ping"] != nil)
        }
    }

    @Test func `takes a node out of rotation from another one, and puts it back`() async throws {
        let redis = try await RedisRig.shared()
        let brokers = [try await redis.broker(), try await redis.broker()]
        let near = try await LiveSite.start(broker: brokers[0], bus: brokers[0])
        let far = try await LiveSite.start(on: near.database, broker: brokers[1], bus: brokers[1]) {
            $0.asideNotice = .zero
        }
        try await far.run { open in
            let client = try await open(0, "1:5:x")
            near.hub.setAside(far.hub.bus.node, true)
            await client.until { client.isClosed }
            #expect(client.closeCode == 3001)
            #expect(client.closeReason.contains("retry_after_ms"))
            #expect(try await far.knock(0).isClosed)
            #expect(far.hub.standing.reasons == [.operator])
            #expect(!near.hub.standing.isAside)
            near.hub.setAside(far.hub.bus.node, false)
            try await far.untilStanding { !$0.isAside }
            let again = try await open(0, "1:5:x")
            #expect(await again.command("ping", "{}")["ping"] != nil)
        }
    }
}
