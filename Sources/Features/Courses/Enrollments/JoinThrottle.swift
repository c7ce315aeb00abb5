import EventLoop
import Postgres
import Synchronization
import Tenancy
import WebServer

/// Decides who may try a course's code now.
///
/// Codes may be short, and a whole lecture hall joins by one at once: the bound is per user alone. Every attempt is charged before
/// its code is looked at, and is given back when the code was right.
final class JoinThrottle: Sendable {
    private struct User: Hashable, Sendable {
        let institution: Int64
        let user: Int64
    }

    /// Ten wrong codes, then one in a minute.
    private let users = Mutex(ThrottleTable<User>(.init(burst: 10, interval: .seconds(60)), entries: 20_000))

    /// Charges the caller one attempt.
    ///
    /// - Throws: 429 when it must wait.
    func admit(_ call: Call) throws(WebError) {
        let wait = users.withLock { $0.take(Self.user(call), at: call.context.loop.now) }
        if let wait { throw .tooManyRequests(after: wait) }
    }

    /// Gives an attempt back, because its code was right.
    func forgive(_ call: Call) {
        users.withLock { $0.giveBack(Self.user(call), at: call.context.loop.now) }
    }

    private static func user(_ call: Call) -> User {
        User(institution: call.institution.rawValue, user: call.principal.user)
    }
}
