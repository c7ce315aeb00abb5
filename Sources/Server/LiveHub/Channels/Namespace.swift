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

    /// What a subscription has.
    package enum Offer: UInt8, Sendable, Equatable {
        case never
        /// Where the client asks for it.
        case asked
        /// Whether or not the client asks.
        case always

        /// Whether a subscription has it.
        func gives(_ isAsked: Bool) -> Bool { self == .always || (self == .asked && isAsked) }
    }

    /// What a client that comes back is given.
    package enum Recovery: UInt8, Sendable, Equatable {
        /// Everything it has missed, or the word that this cannot be.
        case everything
        /// The newest publication, unless the client has it.
        case newest
    }

    /// What a subscription token counts for.
    package enum Tokens: UInt8, Sendable, Equatable {
        /// Nothing: a feature decides who comes in.
        case ignored
        /// One that is sent must be good.
        case checked
        /// Without one nobody comes in, except a user into a channel of their own.
        case needed
    }

    /// The part of a channel's name before the colon; empty for channels without one.
    package let name: String
    /// Who assigns offsets.
    package let kind: Kind
    /// Whether clients may recover what they missed.
    package let recovery: Offer
    /// What they are given then.
    package let recovers: Recovery
    /// Whether clients are told their place in the channel, and are sent away when it cannot be kept.
    package let positioning: Offer
    /// Whether clients may publish directly; never in a class's own namespaces.
    package let allowsPublish: Bool
    /// Whether subscribers may read the history by command.
    package let allowsHistory: Bool
    /// Whether presence may be asked for.
    package let allowsPresence: Bool
    /// Whether subscribers are told who comes and who leaves.
    package let joins: Offer
    /// Whether publications may come as differences to the one before.
    package let allowsDelta: Bool
    /// Whether subscribers may choose publications by tags.
    package let allowsTagsFilter: Bool
    /// What a subscription token counts for.
    package let tokens: Tokens

    /// Describes a namespace.
    package init(
        name: String, kind: Kind, recovery: Offer = .always, recovers: Recovery = .everything,
        positioning: Offer = .never, allowsPublish: Bool = false, allowsHistory: Bool = true,
        allowsPresence: Bool = false, joins: Offer = .never, allowsDelta: Bool = false,
        allowsTagsFilter: Bool = false, tokens: Tokens = .ignored
    ) {
        self.name = name
        self.kind = kind
        self.recovery = recovery
        self.recovers = recovers
        self.positioning = positioning
        self.allowsPublish = allowsPublish
        self.allowsHistory = allowsHistory
        self.allowsPresence = allowsPresence
        self.joins = joins
        self.allowsDelta = allowsDelta
        self.allowsTagsFilter = allowsTagsFilter
        self.tokens = tokens
    }

    var isLog: Bool { kind == .log }
}

/// What all channels of one namespace share: how they behave, and the feature that they belong to.
final class NamespaceGround: Sendable {
    let namespace: Namespace
    let feature: any LiveFeature

    init(_ namespace: Namespace, _ feature: any LiveFeature) {
        self.namespace = namespace
        self.feature = feature
    }
}
