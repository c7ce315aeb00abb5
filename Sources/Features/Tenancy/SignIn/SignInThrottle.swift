/// Decides who may try a password now: a bound per login against guessing, one per address against trying many logins.
///
/// Every attempt is charged before its password is looked at, so that many at once cannot slip through together, and
/// is given back when the password was right: a school behind one address signs in as fast as hashing goes.
package struct SignInThrottle: Sendable {
    /// The limits in force.
    package struct Limits: Sendable {
        /// Failed attempts on one login.
        package var login: ThrottleTable<String>.Limit
        /// Failed attempts from one address.
        package var address: ThrottleTable<String>.Limit
        /// Logins, and addresses, remembered at most.
        package var entries: Int

        /// Ten failures, then one a half minute, for a login; a hundred, then one a second, for an address.
        package static let standard = Limits(
            login: .init(burst: 10, interval: .seconds(30)),
            address: .init(burst: 100, interval: .seconds(1)),
            entries: 20_000)

        /// Sets the limits.
        package init(login: ThrottleTable<String>.Limit, address: ThrottleTable<String>.Limit, entries: Int) {
            self.login = login
            self.address = address
            self.entries = entries
        }
    }

    private var logins: ThrottleTable<String>
    private var addresses: ThrottleTable<String>

    /// Makes a throttle that has seen nobody yet.
    package init(_ limits: Limits = .standard) {
        logins = ThrottleTable(limits.login, entries: limits.entries)
        addresses = ThrottleTable(limits.address, entries: limits.entries)
    }

    /// Charges one attempt.
    ///
    /// - Returns: `nil` when it may go on; otherwise how long to wait, and then nothing was charged.
    package mutating func admit(login: String, address: String, at now: ContinuousClock.Instant) -> Duration?
    {
        let (login, address) = (Self.key(login), Self.network(of: address))
        if let wait = addresses.wait(address, at: now) { return wait }
        if let wait = logins.take(login, at: now) { return wait }
        return addresses.take(address, at: now)
    }

    /// Gives an attempt back, because its password was right or was never looked at.
    package mutating func forgive(login: String, address: String, at now: ContinuousClock.Instant) {
        logins.giveBack(Self.key(login), at: now)
        addresses.giveBack(Self.network(of: address), at: now)
    }

    /// Logins are compared without case, as sign-in does.
    private static func key(_ login: String) -> String { login.lowercased() }

    /// The address itself, or the /64 network of an IPv6 address, which one household has all of.
    static func network(of address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        var groups = address.split(separator: ":", omittingEmptySubsequences: false)
        if let gap = groups.dropFirst().firstIndex(of: "") {
            let rest = groups[(gap + 1)...].filter { !$0.isEmpty }
            let head = groups[..<gap].filter { !$0.isEmpty }
            groups = head + Array(repeating: "0", count: max(0, 8 - head.count - rest.count)) + rest
        }
        return groups.prefix(4).joined(separator: ":")
    }
}
