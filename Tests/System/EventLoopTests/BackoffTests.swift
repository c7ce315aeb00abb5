import EventLoop
import Testing

struct `The backoff` {
    @Test func `doubles up to its limit and takes its part of it`() {
        let backoff = Backoff(base: .milliseconds(50), limit: .seconds(5))
        let longest = (0..<10).map { backoff.pause(afterFailures: $0, fraction: 1) }
        #expect(longest.prefix(3) == [.milliseconds(50), .milliseconds(100), .milliseconds(200)])
        #expect(longest.suffix(2) == [.seconds(5), .seconds(5)])
        #expect(backoff.pause(afterFailures: 1000, fraction: 0) == .zero)
        #expect(backoff.pause(afterFailures: 1, fraction: 0.5) == .milliseconds(50))
    }
}
