import Testing

@testable import WebServer

struct `Connection pace` {
    private let start = ContinuousClock.now

    private func pace(_ wait: ConnectionPace.Wait) -> ConnectionPace {
        var pace = ConnectionPace(ServerSettings(), at: start)
        pace.waits(for: wait, at: start)
        return pace
    }

    @Test(
        arguments: [
            (.idle, 75), (.head, 10), (.body, 10), (.room, 30), (.nothing, nil),
        ] as [(ConnectionPace.Wait, Int?)])
    func `gives each state its time`(wait: ConnectionPace.Wait, seconds: Int?) {
        #expect(pace(wait).deadline == seconds.map { start + .seconds($0) })
    }

    @Test func `does not begin anew while it waits for the same`() {
        var pace = pace(.head)
        pace.waits(for: .head, at: start + .seconds(9))
        #expect(pace.deadline == start + .seconds(10))
        pace.waits(for: .nothing, at: start + .seconds(9))
        pace.waits(for: .head, at: start + .seconds(9))
        #expect(pace.deadline == start + .seconds(19))
    }

    @Test func `gives a body time for what it brings`() {
        var pace = pace(.body)
        pace.receivedBody(500)
        #expect(pace.deadline == start + .milliseconds(10_500))
        pace.receivedBody(4500)
        #expect(pace.deadline == start + .seconds(15))
        pace.waits(for: .nothing, at: start)
        pace.receivedBody(1000)
        #expect(pace.deadline == nil)
    }

    @Test func `goes on waiting for a client that takes something`() {
        var pace = pace(.room)
        pace.madeRoom(at: start + .seconds(29))
        #expect(pace.deadline == start + .seconds(59))
    }
}
