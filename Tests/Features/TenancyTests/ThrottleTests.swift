import Postgres
import Testing

@testable import Tenancy

struct `Throttle table` {
    private let start = ContinuousClock.now

    @Test func `grants a burst, then one per interval`() {
        var table = ThrottleTable<String>(.init(burst: 3, interval: .seconds(10)), entries: 100)
        for _ in 0..<3 { #expect(table.take("ada", at: start) == nil) }
        #expect(table.take("ada", at: start) == .seconds(10))
        #expect(table.take("ada", at: start + .seconds(4)) == .seconds(6))
        #expect(table.take("ada", at: start + .seconds(10)) == nil)
        #expect(table.take("ada", at: start + .seconds(10)) != nil)
        #expect(table.take("grace", at: start) == nil)
    }

    @Test func `fills up to its burst and not beyond`() {
        var table = ThrottleTable<String>(.init(burst: 2, interval: .seconds(1)), entries: 100)
        _ = table.take("ada", at: start)
        let later = start + .seconds(3600)
        #expect(table.take("ada", at: later) == nil)
        #expect(table.take("ada", at: later) == nil)
        #expect(table.take("ada", at: later) != nil)
    }

    @Test func `gives back what did not count`() {
        var table = ThrottleTable<String>(.init(burst: 1, interval: .seconds(1)), entries: 100)
        for _ in 0..<10 {
            #expect(table.take("ada", at: start) == nil)
            table.giveBack("ada", at: start)
        }
    }

    @Test func `takes a clock that stands still or goes back as no time at all`() {
        var table = ThrottleTable<String>(.init(burst: 1, interval: .seconds(1)), entries: 100)
        #expect(table.take("ada", at: start) == nil)
        #expect(table.take("ada", at: start - .seconds(5)) == .seconds(1))
    }

    @Test func `keeps its bound`() {
        var table = ThrottleTable<Int>(.init(burst: 1, interval: .seconds(1)), entries: 50)
        for key in 0..<10_000 { _ = table.take(key, at: start) }
        #expect(table.count <= 50)
    }
}

struct `Sign-in throttle` {
    private let start = ContinuousClock.now
    private let limits = SignInThrottle.Limits(
        login: .init(burst: 2, interval: .seconds(30)), address: .init(burst: 3, interval: .seconds(1)),
        entries: 100)

    @Test func `stops guesses at one login from many addresses`() {
        var throttle = SignInThrottle(limits)
        #expect(throttle.admit(login: "ada", address: "192.0.2.1", at: start) == nil)
        #expect(throttle.admit(login: "ADA", address: "192.0.2.2", at: start) == nil)
        #expect(throttle.admit(login: "Ada", address: "192.0.2.3", at: start) == .seconds(30))
    }

    @Test func `stops one address that tries many logins`() {
        var throttle = SignInThrottle(limits)
        for login in ["a", "b", "c"] {
            #expect(throttle.admit(login: login, address: "192.0.2.1", at: start) == nil)
        }
        #expect(throttle.admit(login: "d", address: "192.0.2.1", at: start) == .seconds(1))
        #expect(throttle.admit(login: "d", address: "192.0.2.2", at: start) == nil)
    }

    @Test func `never stops those whose password is right`() {
        var throttle = SignInThrottle(limits)
        for number in 0..<1000 {
            #expect(throttle.admit(login: "user\(number)", address: "192.0.2.1", at: start) == nil)
            throttle.forgive(login: "user\(number)", address: "192.0.2.1", at: start)
        }
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
        ("2001:db8:1:2::9", "2001:db8:1:2"),
        ("2001:db8::9", "2001:db8:0:0"), ("::1", "0:0:0:0"), ("", ""),
    ])
    func `counts an IPv6 network as one`(address: String, network: String) {
        #expect(SignInThrottle.network(of: address) == network)
    }
}

struct `Sign-in ticket` {
    private let key = SignInTicket.Key(secret: School.secret)
    private let now: Int64 = 1_800_000_000_000

    @Test func `is read back until its time is over`() {
        let ticket = SignInTicket(
            person: 7, institutions: [TenantID(rawValue: 1), TenantID(rawValue: 2)], at: now)
        let text = ticket.text(key)
        #expect(SignInTicket(text, key, at: now) == ticket)
        #expect(SignInTicket(text, key, at: now + 119_999) == ticket)
        #expect(SignInTicket(text, key, at: now + 120_000) == nil)
    }

    @Test func `is refused with any character changed`() {
        let text = Array(
            SignInTicket(person: 7, institutions: [TenantID(rawValue: 1), TenantID(rawValue: 2)], at: now)
                .text(key).utf8)
        for place in text.indices {
            var other = text
            other[place] = other[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(SignInTicket(String(decoding: other, as: UTF8.self), key, at: now) == nil)
        }
    }

    @Test func `is refused under another key`() {
        let text = SignInTicket(
            person: 7, institutions: [TenantID(rawValue: 1), TenantID(rawValue: 2)], at: now
        ).text(key)
        #expect(SignInTicket(text, SignInTicket.Key(secret: Array("another".utf8)), at: now) == nil)
    }

    @Test(arguments: ["", ".", "..", "7.99999999999.", "7.x.y", "7.9223372036854775807.AAAA"])
    func `refuses what is none`(text: String) {
        #expect(SignInTicket(text, key, at: now) == nil)
    }
}
