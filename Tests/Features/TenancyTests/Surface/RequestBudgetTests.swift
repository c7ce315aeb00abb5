import Testing

@testable import Tenancy

struct `A budget of requests` {
    private let key = RequestBudget.Key(institution: 1, isToken: true, credential: 7)
    private let start = ContinuousClock.now

    @Test func `lets many follow one another`() {
        var budget = RequestBudget()
        for number in 0..<10_000 {
            let now = start + .milliseconds(number)
            #expect(budget.begin(key, at: now) == nil)
            #expect(budget.end(key, cost: 0.001, at: now) > 690)
        }
    }

    @Test func `refuses too many at once, and says how long`() {
        var budget = RequestBudget()
        for _ in 0..<14 { #expect(budget.begin(key, at: start) == nil) }
        #expect(budget.begin(key, at: start) == .seconds(5))
        #expect(budget.begin(key, at: start + .seconds(5)) == nil)
    }

    @Test func `charges what was slow, and forgives with time`() {
        var budget = RequestBudget(.init(capacity: 100, leak: 10, reserve: 50))
        #expect(budget.begin(key, at: start) == nil)
        #expect(budget.end(key, cost: 80, at: start) == 20)
        #expect(budget.begin(key, at: start) == .seconds(3))
        #expect(budget.begin(key, at: start + .seconds(3)) == nil)
    }

    @Test func `charges what was answered at once as it charges others, or not at all`() {
        var (budget, other) = (RequestBudget(), RequestBudget())
        for number in 0..<100 {
            let now = start + .milliseconds(number)
            #expect(other.begin(key, at: now) == nil)
            let (left, same) = (budget.pay(key, cost: 3, at: now) ?? 0, other.end(key, cost: 3, at: now))
            // The sums are rounded in another order.
            #expect(abs(left - same) < 1e-6)
        }
        while budget.pay(key, cost: 10, at: start + .seconds(1)) != nil {}
        let wait = budget.begin(key, at: start + .seconds(1))
        #expect(wait != nil)
        #expect(budget.pay(key, cost: 1, at: start + .seconds(1)) == nil)
        #expect(budget.begin(key, at: start + .seconds(1)) == wait)
        #expect(budget.pay(key, cost: 1, at: start + .seconds(3)) != nil)
    }

    @Test(arguments: [0, 0.000001, 0.0123456, 0.05, 0.95, 1, 9.99, 10, 699.96, 12_345.678])
    func `is written alike by both ways`(value: Double) {
        for decimals in [1, 6] {
            var bytes: [UInt8] = []
            PromptCharge.append(value, decimals: decimals, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == RequestCharge.text(value, decimals: decimals))
        }
    }

    @Test func `is each one's own`() {
        var budget = RequestBudget(.init(capacity: 60, leak: 10, reserve: 50))
        #expect(budget.begin(key, at: start) == nil)
        #expect(budget.begin(key, at: start) != nil)
        for other in [
            RequestBudget.Key(institution: 1, isToken: false, credential: 7),
            RequestBudget.Key(institution: 2, isToken: true, credential: 7),
            RequestBudget.Key(institution: 1, isToken: true, credential: 8),
        ] {
            #expect(budget.begin(other, at: start) == nil)
        }
    }

    @Test(arguments: [(0.0, "0.000000"), (0.0123456, "0.012346"), (12.5, "12.500000")])
    func `is written with a point`(seconds: Double, text: String) {
        #expect(RequestCharge.text(seconds, decimals: 6) == text)
    }
}
