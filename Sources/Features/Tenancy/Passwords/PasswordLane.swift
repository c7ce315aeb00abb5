import EventLoop

/// Where passwords are hashed: a lane of its own with a bounded backlog.
///
/// A storm of sign-ins therefore slows sign-ins and nothing else; beyond the backlog callers are refused at once and
/// come back later. Any loop may call it.
package final class PasswordLane: Sendable {
    /// The lane is full; the caller may try again after this many seconds.
    package struct Full: Error, Equatable, Sendable {
        /// Seconds, at least one.
        package let retryAfterSeconds: Int
    }

    private let lane: WorkLane
    private let width: Int
    private let cost: ScryptCost
    private let unmatchable: PasswordHash

    /// Makes the lane.
    ///
    /// - Parameters:
    ///   - width: Hashes computed at the same time: half of the CPUs leaves the other half to the loops.
    ///   - backlog: Hashes, waiting or in the making, above which callers are refused.
    ///   - cost: What new hashes, and the one for unknown logins, cost.
    package init(width: Int, backlog: Int, cost: ScryptCost = .standard) {
        lane = WorkLane(label: "passwords", width: width, backlog: backlog)
        self.width = max(1, width)
        self.cost = cost
        unmatchable = PasswordHash.unmatchable(cost: cost)
    }

    /// Hashes that wait or are in the making at this moment.
    package var depth: Int { lane.depth }

    /// Whether `password` is what `stored` was made from.
    ///
    /// A login without a hash, or with one that cannot be read, takes as long and never matches.
    package func verify(_ password: String, against stored: String?) async throws(Full) -> Bool {
        let known = stored.flatMap { PasswordHash($0) }
        let hash = known ?? unmatchable
        guard let matches = await lane.run({ hash.matches(password) }) else { throw full }
        return matches && known != nil
    }

    /// Makes the stored form of a new password.
    package func hash(_ password: String) async throws(Full) -> String {
        let cost = cost
        guard let made = await lane.run({ PasswordHash.make(password, cost: cost)?.text }), let made else {
            throw full
        }
        return made
    }

    /// A quarter of a second per hash is what the standard cost takes on a slow CPU.
    private var full: Full { Full(retryAfterSeconds: max(1, lane.depth / (4 * width))) }
}
