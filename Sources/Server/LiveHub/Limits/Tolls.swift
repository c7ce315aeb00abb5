/// Until when one connection has paid for what it has sent; for what is over by then, nothing needs to be known.
///
/// Time is handed in, in nanoseconds of the monotonic clock.
struct Debts {
    fileprivate var commands: Int64 = 0
    fileprivate var reads: Int64 = 0
    fileprivate var bytes: Int64 = 0
    fileprivate var faults: Int64 = 0

    /// Notes that a command was malformed or came too fast; `false` when the connection has had its share of such.
    mutating func fault(_ rates: ConnectionRates, at now: Int64) -> Bool {
        rates.faults.take(from: &faults, now: now) == nil
    }

    /// Whether all is paid: who has such debts pays as if there had been none.
    func arePaid(at now: Int64) -> Bool { max(commands, reads, bytes, faults) <= now }
}

/// What one session pays for what it sends: to its connection, its user, its class and its institution.
///
/// Confined to the session's loop; the time is handed in, in nanoseconds of the monotonic clock. The class comes before the
/// institution: what a class refuses costs the others nothing.
struct Tolls {
    /// Those who are charged besides; `nil` before the session is connected, and where there is none.
    private(set) var user: Party?
    private(set) var institution: Party?
    private(set) var group: Party?
    /// Whether what a crowd leaves of the class's and the institution's limits is this session's to take.
    private(set) var hasPriority = false

    /// What one frame may hold.
    struct Frame {
        /// The limit that the frame meets, for every command in it.
        fileprivate(set) var own: LiveLimit?
        /// The same, but for what is never charged to the class and the institution.
        fileprivate(set) var shared: LiveLimit?
    }

    /// Who the session is.
    mutating func enter(user: Party?, institution: Party?) {
        self.user = user
        self.institution = institution
    }

    /// The session belongs to a class from now on: `nil`, or the limit of the class that it meets.
    mutating func enter(_ group: Party, hasPriority: Bool, at now: Int64) -> LiveLimit? {
        guard group !== self.group else {
            self.hasPriority = hasPriority
            return nil
        }
        if let met = group.join(at: now, hasPriority: hasPriority) { return met }
        self.group?.leave()
        self.group = group
        self.hasPriority = hasPriority
        return nil
    }

    /// The session has ended; whoever it was with is let go of.
    mutating func end() {
        group?.leave()
        (user, group, institution) = (nil, nil, nil)
    }

    /// Pays for a frame's bytes.
    func frame(_ count: Int, _ debts: inout Debts, _ rates: ConnectionRates, at now: Int64) -> Frame {
        var frame = Frame()
        if rates.bytes.take(count, from: &debts.bytes, now: now) != nil {
            frame.own = .bytes
        } else if let met = user?.take(.bytes, count, at: now, hasPriority: true) {
            frame.own = met
        } else {
            frame.shared = charge(.bytes, count, at: now)
        }
        return frame
    }

    /// Pays for a command.
    ///
    /// - Parameters:
    ///   - item: What it is; `nil` for what only its connection pays for, such as a subscription.
    ///   - isShared: Whether the class and the institution are charged.
    ///   - frame: The frame that it stands in.
    ///   - debts: What the connection has to pay.
    ///   - rates: The connection's rates.
    ///   - now: The time.
    /// - Returns: `nil` when it is paid for, or the limit that it meets.
    func command(
        _ item: PartyLevel.Item?, isShared: Bool, in frame: Frame, _ debts: inout Debts,
        _ rates: ConnectionRates, at now: Int64
    ) -> LiveLimit? {
        if rates.commands.take(from: &debts.commands, now: now) != nil { return .commands }
        if let own = frame.own { return own }
        guard let item else { return nil }
        if item == .reads, rates.reads.take(from: &debts.reads, now: now) != nil { return .reads }
        if let met = user?.take(item, at: now, hasPriority: true) { return met }
        guard isShared else { return nil }
        return frame.shared ?? charge(item, at: now)
    }

    private func charge(_ item: PartyLevel.Item, _ cost: Int = 1, at now: Int64) -> LiveLimit? {
        group?.take(item, cost, at: now, hasPriority: hasPriority)
            ?? institution?.take(item, cost, at: now, hasPriority: hasPriority)
    }

    /// A subscription begins: `nil`, or the limit that it meets.
    func subscribe() -> LiveLimit? {
        if let met = user?.subscribe() { return met }
        guard let met = institution?.subscribe() else { return nil }
        user?.unsubscribe()
        return met
    }

    /// A subscription has begun that nobody may refuse any more.
    func noteSubscription() {
        user?.noteSubscription()
        institution?.noteSubscription()
    }

    /// Subscriptions have ended.
    func unsubscribe(_ count: Int = 1) {
        user?.unsubscribe(count)
        institution?.unsubscribe(count)
    }
}
