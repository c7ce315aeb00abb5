/// How the channels of one namespace behave.
///
/// An operator may configure plain ones; features bring their own.
package struct Namespace: Sendable {
    /// Who assigns offsets, and how long history lives.
    package enum Kind: Sendable, Equatable {
        /// The commit in Postgres assigns offsets; history lasts for the channel's life.
        case log
        /// The broker assigns offsets; history is bounded by `size` and `lifetime`.
        case stream(size: Int, lifetime: Duration)
        /// No offset, no history: publications may be dropped.
        case ephemeral
    }

    /// The part of a channel's name before the colon; empty for channels without one.
    package let name: String
    /// Who assigns offsets.
    package let kind: Kind
    /// Whether clients may recover what they missed.
    package let isRecoverable: Bool
    /// Whether clients may publish directly; never in a class's own namespaces.
    package let allowsPublish: Bool
    /// Whether subscribers may read the history by command.
    package let allowsHistory: Bool
    /// Whether joins and leaves are pushed to subscribers, and presence may be asked for.
    package let allowsPresence: Bool

    /// Describes a namespace.
    package init(
        name: String, kind: Kind, isRecoverable: Bool = true, allowsPublish: Bool = false,
        allowsHistory: Bool = true, allowsPresence: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.isRecoverable = isRecoverable
        self.allowsPublish = allowsPublish
        self.allowsHistory = allowsHistory
        self.allowsPresence = allowsPresence
    }

    var isLog: Bool { kind == .log }
}
