package import LiveHub
import LiveProtocol
package import Postgres

/// The channels that a class has, and the one that each user has.
package enum ClassChannel: String, Hashable, Sendable, CaseIterable {
    case `class`, chat, board, quiz, staff, personal

    /// The logs whose events make up a class's state.
    static let logs: [ClassChannel] = [.class, .chat, .board, .quiz]
    /// The channels that a class's members may have subscribed to.
    static let ofClass: [ClassChannel] = [.class, .chat, .board, .quiz, .staff]

    /// The channel of one class, or of one user for ``personal``.
    package func key(_ id: Int64, in institution: TenantID) -> ChannelKey {
        ChannelKey(
            institution: institution, name: self == .personal ? "personal:#\(id)" : "\(rawValue):\(id)")
    }

    /// Reads a channel's name: which kind, and whose; `nil` for a name that no channel of ours has.
    package static func read(_ name: String) -> (channel: ClassChannel, id: Int64)? {
        guard let name = try? ChannelName(name), let channel = ClassChannel(rawValue: String(name.namespace))
        else {
            return nil
        }
        guard let id = channel == .personal ? name.user : name.id else { return nil }
        return (channel, id)
    }
}
