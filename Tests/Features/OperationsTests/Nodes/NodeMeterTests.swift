import Testing

@testable import Operations

struct `A node's meter` {
    @Test func `averages rates and loads over five seconds`() {
        var meter = NodeMeter()
        #expect(meter.rates == nil && meter.loads.isEmpty)
        for second in 0...10 {
            var totals = LiveTotals(at: Double(second))
            totals.answers = UInt64(second * 20)
            totals.deliveries = UInt64(second * 500)
            meter.note(totals, busy: [UInt64(second) * 250_000_000, 0])
        }
        #expect(meter.rates?.answers == 20 && meter.rates?.deliveries == 500)
        #expect(meter.loads == [0.25, 0])
    }
}
