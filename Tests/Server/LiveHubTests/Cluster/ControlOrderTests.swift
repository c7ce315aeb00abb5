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

    @Test(arguments: [Int64?.none, 7])
    func `is read as it was written`(user: Int64?) {
        let order = ControlOrder.disconnect(
            institution: TenantID(rawValue: 3), user: user, .forceDisconnect)
        #expect(ControlOrder(order.message) == order)
    }

    @Test(arguments: [
        "{}", "[]", #"{"do":"dance","institution":3,"code":3503}"#, #"{"do":"disconnect","code":3503}"#,
        #"{"do":"disconnect","institution":0,"code":3503}"#, #"{"do":"disconnect","institution":3}"#,
        #"{"do":"disconnect","institution":3,"code":1}"#,
        #"{"do":"disconnect","institution":3,"code":99999}"#,
        #"{"do":"disconnect","institution":3,"user":"x","code":3503}"#,
        #"{"do":"disconnect","institution":3,"user":null,"code":3503}"#,
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
}
