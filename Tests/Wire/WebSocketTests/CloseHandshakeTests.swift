import TestKit
import Testing
import WebSocket

struct `Close handshake` {
    private let start = ContinuousClock.now
    private var later: ContinuousClock.Instant { start + .seconds(5) }

    @Test(arguments: [CloseCode.normal, .goingAway, CloseCode(rawValue: 4000), nil])
    func `echoes the peer's code and lets a server end first`(code: CloseCode?) {
        var closing = CloseHandshake()
        #expect(closing.isOpen)
        #expect(closing.received(code, at: start) == .sendAndEnd(code, reason: ""))
        #expect(!closing.isOpen)
        #expect(closing.outcome == code ?? .noStatus)
        #expect(closing.peerEnded() == .drop)
        #expect(closing.outcome == code ?? .noStatus)
        #expect(closing.deadline == nil)
    }

    @Test func `waits for the answer to ours, but not for ever`() {
        var closing = CloseHandshake(patience: .seconds(5))
        #expect(
            closing.close(.goingAway, reason: "restart", at: start) == .send(.goingAway, reason: "restart"))
        #expect(!closing.isOpen)
        #expect(closing.deadline == later)
        #expect(closing.tick(at: start + .seconds(4)) == .wait)
        #expect(closing.tick(at: later) == .drop)
        #expect(closing.outcome == .abnormal)
        #expect(closing.tick(at: later) == .wait)
    }

    @Test func `ends once the answer is there`() {
        var closing = CloseHandshake()
        _ = closing.close(.policyViolation, at: start)
        #expect(closing.received(.policyViolation, at: start + .seconds(1)) == .end)
        #expect(closing.deadline == start + .seconds(6))
        #expect(closing.tick(at: start + .seconds(6)) == .drop)
        #expect(closing.outcome == .policyViolation)
    }

    @Test func `takes two close frames that crossed for an answer`() {
        var closing = CloseHandshake()
        _ = closing.close(.goingAway, at: start)
        #expect(closing.received(.normal, at: start) == .end)
        #expect(closing.outcome == .goingAway)
    }

    @Test func `leaves the end of TCP to the server`() {
        var answering = CloseHandshake(role: .client)
        #expect(answering.received(.normal, at: start) == .send(.normal, reason: ""))
        #expect(answering.peerEnded() == .drop)
        #expect(answering.outcome == .normal)

        var asking = CloseHandshake(role: .client)
        #expect(asking.close(.normal, at: start) == .send(.normal, reason: ""))
        #expect(asking.received(.normal, at: start) == .wait)
        #expect(asking.tick(at: later) == .drop)
        #expect(asking.outcome == .normal)
    }

    @Test func `tells a peer that broke the protocol why, and ends without its answer`() {
        var closing = CloseHandshake()
        #expect(
            closing.failed(.invalidUTF8, at: start)
                == .sendAndEnd(.invalidPayload, reason: FrameError.invalidUTF8.reason))
        #expect(closing.outcome == .invalidPayload)
        #expect(closing.tick(at: later) == .drop)
    }

    @Test func `sends no second close frame when the peer breaks the protocol after ours`() {
        var closing = CloseHandshake()
        _ = closing.close(.goingAway, at: start)
        #expect(closing.failed(.nothingToContinue, at: start) == .end)
        #expect(closing.outcome == .goingAway)
    }

    @Test func `reports a connection that just broke as abnormal`() {
        var closing = CloseHandshake()
        #expect(closing.peerEnded() == .drop)
        #expect(closing.outcome == .abnormal)
        #expect(closing.peerEnded() == .wait)
    }

    /// Whatever happens in whatever order: one close frame, one end, one drop.
    @Test func `never says anything twice`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of the close handshakes: \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var closing = CloseHandshake(role: Bool.random(using: &generator) ? .server : .client)
            var (sent, ended, dropped) = (0, 0, 0)
            var now = start
            for _ in 0..<8 {
                now += .seconds(Int.random(in: 0...3, using: &generator))
                let wasDropped = dropped > 0
                let action =
                    switch Int.random(in: 0..<5, using: &generator) {
                    case 0: closing.close(.normal, at: now)
                    case 1: closing.received(.goingAway, at: now)
                    case 2: closing.failed(.invalidUTF8, at: now)
                    case 3: closing.peerEnded()
                    default: closing.tick(at: now)
                    }
                #expect(!wasDropped || action == .wait, "seed \(seed)")
                switch action {
                case .wait: break
                case .send: sent += 1
                case .sendAndEnd: (sent, ended) = (sent + 1, ended + 1)
                case .end: ended += 1
                case .drop: dropped += 1
                }
                #expect(closing.isOpen == (closing.outcome == nil), "seed \(seed)")
                #expect((closing.deadline == nil) == (closing.isOpen || dropped > 0), "seed \(seed)")
            }
            #expect(sent <= 1 && ended <= 1 && dropped <= 1, "seed \(seed)")
        }
    }
}
