import JSON
import LiveProtocol
import Postgres

/// What one node has all others do at once.
///
/// An order that is lost is made good by what every node looks at anyway: credentials and enrolments, within two seconds.
enum ControlOrder: Hashable, Sendable {
    /// End the sessions of a user, or of the whole institution when there is no user.
    case disconnect(institution: TenantID, user: Int64?, DisconnectCode)

    /// Reads another node's message; `nil` for what is no order, or one that a newer version knows.
    init?(_ message: NodeMessage) {
        guard message.kind == .control, let value = try? JSONReader.read(message.body.bytes),
            value["do"]?.string == "disconnect", let institution = value["institution"]?.int, institution > 0,
            let code = value["code"]?.int.flatMap({ UInt16(exactly: $0) }),
            let known = DisconnectCode.known.first(where: { $0.code.rawValue == code })
        else { return nil }
        let user: Int64?
        switch value["user"] {
        case nil: user = nil
        case let given?:
            guard let id = given.int, id > 0 else { return nil }
            user = Int64(id)
        }
        self = .disconnect(institution: TenantID(rawValue: Int64(institution)), user: user, known.code)
    }

    /// As other nodes read it.
    var message: NodeMessage {
        switch self {
        case .disconnect(let institution, let user, let code):
            NodeMessage(
                .control,
                RawJSON { json in
                    json.object { json in
                        json.member("do", "disconnect")
                        json.member("institution", institution.rawValue)
                        json.member("user", user)
                        json.member("code", Int(code.rawValue))
                    }
                })
        }
    }
}
