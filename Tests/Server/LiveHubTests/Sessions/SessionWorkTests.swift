import EventLoop
@testable import LiveHub
import LiveProtocol
import Postgres
import TestKit
import Testing

private let second: Int64 = 1_000_000_000

struct `Work of a session` {
    private let rates = ConnectionRates(commandsPerSecond: 10, burst: 40, messageBytes: 1000)
    private let key = ChannelKey(institution: TenantID(rawValue: 1), name: "chat:1")

    @Test func `is over when nothing has begun`() {
        #expect(SessionWork().rest(at: 0) == .isOver)
    }

    @Test func `lasts while a subscription begins, a command waits or a reply is made`() {
        let beginnings: [(SessionWork) -> Void] = [
            { $0.pending = [key] },
            { $0.waitingCommands = [.refused(1, ProtocolError(.badRequest))] },
            { $0.turns = [{ $0() }] },
        ]
        for begin in beginnings {
            let work = SessionWork()
            begin(work)
            #expect(work.rest(at: 1000 * second) == .goesOn)
        }
    }

    @Test func `lasts until what was sent is paid for`() {
        let work = SessionWork()
        let isBorne = work.debts.fault(rates, at: second)
        // Twenty faults a second.
        #expect(isBorne && work.rest(at: second) == .goesOn)
        #expect(work.rest(at: second + second / 20) == .isOver)
    }

    @Test func `only waits where nothing but a deadline is left`() async throws {
        let loop = try EventLoop(index: 0, label: "work")
        try await loop.perform {
            let work = SessionWork()
            work.deadline = loop.schedule(after: .seconds(100)) {}
            #expect(work.rest(at: second) == .waitsForDeadline)
            work.pending = [key]
            #expect(work.rest(at: second) == .goesOn)
            work.deadline?.cancel()
        }
    }
}
