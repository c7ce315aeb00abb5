package import Postgres

/// Names one channel in the whole deployment: every key begins with the institution.
package struct ChannelKey: Hashable, Sendable, CustomStringConvertible {
    /// Whose channel it is.
    ///
    /// A session reaches channels of its own institution only.
    package let institution: TenantID
    /// The name that clients use, such as `chat:7`.
    package let name: String

    /// Names a channel.
    package init(institution: TenantID, name: String) {
        self.institution = institution
        self.name = name
    }

    package var description: String { "\(institution.rawValue)/\(name)" }
}
