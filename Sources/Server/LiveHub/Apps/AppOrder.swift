import JSON
import LiveProtocol
package import Postgres

/// What an app's server has done with one of its users' connections, on every node.
package struct AppOrder: Hashable, Sendable {
    package enum Deed: Hashable, Sendable {
        /// Each connection is subscribed to the channel, as if its token had named it.
        case subscribe(channel: String)
        /// Subscriptions to the channel end for good.
        case unsubscribe(channel: String)
        /// The connections end for good.
        case disconnect
    }

    /// Whose plain channels the app uses.
    package let institution: TenantID
    /// The user, as tokens name them.
    package let user: String
    package let deed: Deed

    package init(institution: TenantID, user: String, _ deed: Deed) {
        self.institution = institution
        self.user = user
        self.deed = deed
    }

    /// Reads what another node says; `nil` for what is none, and for nobody: that never means everybody.
    init?(_ value: JSONValue) {
        guard let institution = value["institution"]?.int, institution > 0, let user = value["user"]?.string,
            !user.isEmpty
        else { return nil }
        let deed: Deed
        switch (value["deed"]?.string, value["channel"]?.string) {
        case ("subscribe", let channel?): deed = .subscribe(channel: channel)
        case ("unsubscribe", let channel?): deed = .unsubscribe(channel: channel)
        case ("disconnect", nil): deed = .disconnect
        default: return nil
        }
        self.init(institution: TenantID(rawValue: Int64(institution)), user: user, deed)
    }

    /// Adds the members by which other nodes read it.
    func write(to json: inout JSONWriter) {
        json.member("institution", institution.rawValue)
        json.member("user", user)
        switch deed {
        case .subscribe(let channel):
            json.member("deed", "subscribe")
            json.member("channel", channel)
        case .unsubscribe(let channel):
            json.member("deed", "unsubscribe")
            json.member("channel", channel)
        case .disconnect: json.member("deed", "disconnect")
        }
    }
}

extension LiveHub {
    /// Has every node do something with the connections of an app's user; from any thread.
    package func carryOut(_ order: AppOrder) {
        obeyHere(order)
        bus.tell(ControlOrder.app(order).message, to: .everyone)
    }

    /// Does it on this node.
    func obeyHere(_ order: AppOrder) {
        onEveryLoop { loop in
            for session in loop.sessions {
                guard let caller = session.caller, caller.app != nil, caller.subject == order.user,
                    caller.institution == order.institution
                else { continue }
                switch order.deed {
                case .subscribe(let channel): session.subscribeByServer(channel)
                case .unsubscribe(let channel):
                    session.expel(from: channel, .server, reason: UnsubscribeCode.server.reason)
                case .disconnect: session.disconnect(.forceDisconnect)
                }
            }
        }
    }
}
