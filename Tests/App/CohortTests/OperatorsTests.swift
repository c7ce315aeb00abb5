import JSON
import LiveHub
import Testing

@testable import Cohort

/// What operators may do with nodes, over HTTP.
@Suite(.timeLimit(.minutes(5)))
struct `Taking a node out of rotation` {
    @Test func `is for operators, and spares the last node that takes sessions`() async throws {
        let site = try await TestServer.start()
        let own = site.server.node.hub.bus.node
        let path = "/api/v1/ops/nodes/\(own)"
        let operatorOfAll = site.north.admin
        let cards = try await site.send("GET", "/api/v1/ops/live", as: operatorOfAll).json["nodes"]
        #expect(cards?.array?.map { $0["id"]?.string } == ["\(own)"])

        let wish: JSONValue = ["aside": true]
        #expect(try await site.send("PUT", path, as: nil, wish).status == 401)
        for member in [site.south.admin, site.north.instructor, site.north.students[0]] {
            #expect(try await site.send("PUT", path, as: member, wish).status == 403)
        }
        let refused = try await site.send("PUT", path, as: operatorOfAll, wish)
        #expect(refused.status == 409 && refused.json["code"] == "last_node")
        #expect(!site.server.node.hub.standing.isAside)
        for id in ["0000000000000001", "1", "\(own)0", "x", "0000000000000000"] {
            let missing = try await site.send("PUT", "/api/v1/ops/nodes/\(id)", as: operatorOfAll, wish)
            #expect(missing.status == 404, "\(id)")
        }
        for body: JSONValue in [[:], ["aside": 2], ["aside": nil], []] {
            let wrong = try await site.send("PUT", path, as: operatorOfAll, body)
            #expect(wrong.status == 400, "\(body)")
        }

        // A node that was taken out before may come back.
        site.server.node.hub.setAside(own, true)
        let out = try await site.send("GET", "/api/v1/ops/live", as: operatorOfAll).json["nodes"]
        #expect(out?.array?.first?["aside"] == ["operator"])
        #expect(try await site.send("PUT", path, as: operatorOfAll, ["aside": false]).status == 204)
        #expect(!site.server.node.hub.standing.isAside)
        await site.server.drain()
    }
}
