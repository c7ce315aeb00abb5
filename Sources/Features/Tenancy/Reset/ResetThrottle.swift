/// Decides who may have a letter sent now: a bound per name that is asked for, and one per address that asks.
///
/// Names that nobody has are charged alike.
struct ResetThrottle: Sendable {
    private var names: ThrottleTable<String>
    private var addresses: ThrottleTable<String>

    /// Three letters for one name, then one in ten minutes; twenty from one address, then one in half a minute.
    init(entries: Int = 20_000) {
        names = ThrottleTable(.init(burst: 3, interval: .seconds(600)), entries: entries)
        addresses = ThrottleTable(.init(burst: 20, interval: .seconds(30)), entries: entries)
    }

    /// Charges one letter; `nil` when it may be sent, otherwise how long to wait, and then nothing was charged.
    mutating func admit(name: String, address: String, at now: ContinuousClock.Instant) -> Duration? {
        let (name, address) = (name.lowercased(), SignInThrottle.network(of: address))
        if let wait = addresses.wait(address, at: now) { return wait }
        if let wait = names.take(name, at: now) { return wait }
        return addresses.take(address, at: now)
    }
}
