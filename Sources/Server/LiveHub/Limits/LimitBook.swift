import Postgres
import Synchronization
import Telemetry

/// Who of a user's and an institution's sessions is on this node, and how often a limit was met; from any thread.
package final class LimitBook: Sendable {
    private struct User: Hashable, Sendable {
        let institution: TenantID
        let id: Int64
    }

    private struct AppUser: Hashable, Sendable {
        let institution: TenantID
        let name: String
    }

    private struct Tables {
        var users: PartyTable<User>
        var appUsers: PartyTable<AppUser>
        var institutions: PartyTable<TenantID>

        /// `nil` for an app's callers without a name, of whom nobody knows whether they are one.
        mutating func join(_ caller: LiveCaller, at now: Int64) -> (party: Party, met: LiveLimit?)? {
            if let user = caller.user {
                return users.join(User(institution: caller.institution, id: user), at: now)
            }
            guard !caller.subject.isEmpty else { return nil }
            return appUsers.join(AppUser(institution: caller.institution, name: caller.subject), at: now)
        }

        mutating func leave(_ caller: LiveCaller, at now: Int64) {
            if let user = caller.user {
                users.leave(User(institution: caller.institution, id: user), at: now)
            } else if !caller.subject.isEmpty {
                appUsers.leave(AppUser(institution: caller.institution, name: caller.subject), at: now)
            }
        }
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
        tables = Mutex(
            Tables(
                users: PartyTable(user), appUsers: PartyTable(user), institutions: PartyTable(institution)))
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
            let user = tables.join(caller, at: now)
            if let met = user?.met { return .failure(MetLimit(limit: met)) }
            let institution = tables.institutions.join(caller.institution, at: now)
            if let met = institution.met {
                tables.leave(caller, at: now)
                return .failure(MetLimit(limit: met))
            }
            return .success((user?.party, institution.party))
        }
    }

    /// A session that came has gone.
    func leave(_ caller: LiveCaller, at now: Int64) {
        tables.withLock { tables in
            tables.leave(caller, at: now)
            tables.institutions.leave(caller.institution, at: now)
        }
    }
}

/// The limit that somebody who came has met.
struct MetLimit: Error {
    let limit: LiveLimit
}
