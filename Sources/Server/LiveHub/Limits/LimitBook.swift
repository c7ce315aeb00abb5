import Postgres
import Synchronization
import Telemetry

/// Who of a user's and an institution's sessions is on this node, and how often a limit was met; from any thread.
package final class LimitBook: Sendable {
    private enum UserKey: Hashable, Sendable {
        case user(TenantID, Int64)
        case app(TenantID, String)

        /// `nil` for an app's callers without a name, of whom nobody knows whether they are one.
        init?(_ caller: LiveCaller) {
            if let user = caller.user {
                self = .user(caller.institution, user)
            } else if !caller.subject.isEmpty {
                self = .app(caller.institution, caller.subject)
            } else {
                return nil
            }
        }
    }

    private struct Tables {
        var users: PartyTable<UserKey>
        var institutions: PartyTable<TenantID>
    }

    /// The level of classes, whose parties a feature makes.
    package let groupLevel: PartyLevel
    private let tables: Mutex<Tables>
    private let counters: [LiveLimit: Counter]

    /// - Parameters:
    ///   - settings: The limits.
    ///   - further: Limits of features, which they judge themselves.
    ///   - metrics: Where it is told how often each was met.
    init(_ settings: LiveSettings, further: [LiveLimit], metrics: Metrics) {
        let user = PartyLevel("user", settings.wholeUserLimits)
        let institution = PartyLevel("institution", settings.institutionLimits)
        groupLevel = PartyLevel("class", settings.groupLimits)
        tables = Mutex(Tables(users: PartyTable(user), institutions: PartyTable(institution)))
        var counters: [LiveLimit: Counter] = [:]
        for limit in LiveLimit.own + user.all + groupLevel.all + institution.all + further {
            counters[limit] = metrics.counter(
                "cohort_live_limited_total", "Times that a limit of the live layer was met.",
                ("limit", limit.name))
        }
        self.counters = counters
    }

    /// Notes that somebody met a limit.
    package func note(_ limit: LiveLimit) { counters[limit]?.add() }

    /// A session comes: those who pay with it, or the limit that it meets.
    func join(_ caller: LiveCaller, at now: Int64) -> Result<(user: Party?, institution: Party), MetLimit> {
        tables.withLock { tables in
            let key = UserKey(caller)
            let user = key.map { tables.users.join($0, at: now) }
            if let met = user?.met { return .failure(MetLimit(limit: met)) }
            let institution = tables.institutions.join(caller.institution, at: now)
            if let met = institution.met {
                if let key { tables.users.leave(key, at: now) }
                return .failure(MetLimit(limit: met))
            }
            return .success((user?.party, institution.party))
        }
    }

    /// A session that came has gone.
    func leave(_ caller: LiveCaller, at now: Int64) {
        tables.withLock { tables in
            if let key = UserKey(caller) { tables.users.leave(key, at: now) }
            tables.institutions.leave(caller.institution, at: now)
        }
    }
}

/// The limit that somebody who came has met.
struct MetLimit: Error {
    let limit: LiveLimit
}
