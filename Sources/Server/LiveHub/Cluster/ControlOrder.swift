import JSON
import LiveProtocol
import Postgres

/// What one node has all others do at once.
///
/// An order that is lost is made good by what every node looks at anyway: credentials and enrolments, within two seconds;
/// and nothing that is kept is given for as long.
enum ControlOrder: Hashable, Sendable {
    /// End the sessions of a user, or of the whole institution when there is no user.
    case disconnect(institution: TenantID, user: Int64?, DisconnectCode)
    /// Look at once whether a user's credentials are current.
    case recheck(institution: TenantID, user: Int64)
    /// Give nothing more of what was kept of an institution's catalogue: something of it has changed.
    case changed(institution: TenantID)
    /// A node sends its sessions elsewhere, or takes some again.
    case aside(NodeID, Bool)
    /// Do something with the connections of an app's user.
    case app(AppOrder)

    /// Reads another node's message; `nil` for what is no order, or one that a newer version knows.
    init?(_ message: NodeMessage) {
        guard message.kind == .control, let value = try? JSONReader.read(message.body.bytes) else {
            return nil
        }
        switch value["do"]?.string {
        case "disconnect": self.init(disconnect: value)
        case "recheck":
            guard let institution = ControlOrder.institution(value), let user = value["user"]?.int, user > 0
            else {
                return nil
            }
            self = .recheck(institution: institution, user: Int64(user))
        case "changed":
            guard let institution = ControlOrder.institution(value) else { return nil }
            self = .changed(institution: institution)
        case "aside":
            guard let node = value["node"]?.string.flatMap({ NodeID($0) }), let isAside = value["aside"]?.bool
            else { return nil }
            self = .aside(node, isAside)
        case "app":
            guard let order = AppOrder(value) else { return nil }
            self = .app(order)
        default: return nil
        }
    }

    private init?(disconnect value: JSONValue) {
        guard let institution = ControlOrder.institution(value),
            let code = value["code"]?.int.flatMap({ UInt16(exactly: $0) }),
            let known = DisconnectCode.known.first(where: { $0.code.rawValue == code })
        else { return nil }
        let user: Int64?
        switch value["user"] {
        case nil: user = nil
        case let given?:
            // A wrong user never means everybody.
            guard let id = given.int, id > 0 else { return nil }
            user = Int64(id)
        }
        self = .disconnect(institution: institution, user: user, known.code)
    }

    private static func institution(_ value: JSONValue) -> TenantID? {
        guard let id = value["institution"]?.int, id > 0 else { return nil }
        return TenantID(rawValue: Int64(id))
    }

    /// As other nodes read it.
    var message: NodeMessage {
        NodeMessage(
            .control,
            RawJSON { json in
                json.object { json in
                    switch self {
                    case .disconnect(let institution, let user, let code):
                        json.member("do", "disconnect")
                        json.member("institution", institution.rawValue)
                        json.member("user", user)
                        json.member("code", Int(code.rawValue))
                    case .recheck(let institution, let user):
                        json.member("do", "recheck")
                        json.member("institution", institution.rawValue)
                        json.member("user", user)
                    case .changed(let institution):
                        json.member("do", "changed")
                        json.member("institution", institution.rawValue)
                    case .aside(let node, let isAside):
                        json.member("do", "aside")
                        json.member("node", node.description)
                        json.member("aside", isAside)
                    case .app(let order):
                        json.member("do", "app")
                        order.write(to: &json)
                    }
                }
            })
    }
}
