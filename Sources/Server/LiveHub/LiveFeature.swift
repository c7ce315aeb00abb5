import EventLoop
package import JSON
package import LiveProtocol

/// What a feature brings to the live layer: namespaces, and what may be done in them.
///
/// One per node.
///
/// Everything is called on the loop of the session that asks; a feature that must think elsewhere goes there and
/// comes back to `call` `then` on the same loop, exactly once.
package protocol LiveFeature: Sendable {
    /// The namespaces that the feature owns.
    var namespaces: [Namespace] { get }
    /// RPC methods by name.
    var methods: [String: LiveMethod] { get }
    /// Ephemeral signals (`send`) by the `type` of their data.
    var signals: [String: LiveSignal] { get }

    /// Methods that a class's and an institution's limits never refuse: what must not be lost in a crowd.
    var unsharedMethods: [String] { get }
    /// Limits that the feature judges itself, for metrics.
    var limits: [LiveLimit] { get }

    /// What the server subscribes a caller to who has just connected; streams and ephemeral channels only.
    func channels(of caller: LiveCaller) -> [String]

    /// Whether `caller` may subscribe to the channel.
    func admit(
        _ caller: LiveCaller, to channel: ChannelKey, loop: LiveLoop, then: @escaping (Admission) -> Void)

    /// The state of a channel as a whole, valid exactly at an offset; `nil` where the channel has none.
    func snapshot(of channel: ChannelKey, loop: LiveLoop, then: @escaping (ChannelSnapshot?) -> Void)

    /// A session's subscription has begun; `isReturning` when the client says that it goes on with one that it had.
    func didJoin(
        _ caller: LiveCaller, client: ClientID, channel: ChannelKey, isReturning: Bool, loop: LiveLoop)

    /// A session's subscription has ended.
    func didLeave(_ caller: LiveCaller, client: ClientID, channel: ChannelKey, loop: LiveLoop)
}

extension LiveFeature {
    package func channels(of caller: LiveCaller) -> [String] { [] }
    package var unsharedMethods: [String] { [] }
    package var limits: [LiveLimit] { [] }
}

/// Carries out one RPC method; replies through the call, once.
package typealias LiveMethod = @Sendable (LiveCall) -> Void

/// Takes one ephemeral signal, which nobody answers.
package typealias LiveSignal = @Sendable (LiveCall) -> Void

/// The answer to a wish to subscribe.
package enum Admission: Sendable {
    /// Yes, and what the subscriber may see there.
    case granted(Grant)
    /// No, with the error that the client is told.
    case refused(ProtocolError)

    /// What a subscriber may do.
    package struct Grant: Sendable {
        /// Whether the first subscription begins with the channel's snapshot.
        package let snapshot: Bool
        /// Whether presence may be asked for.
        package let presence: Bool
        /// The class whose limits hold for the session from then on; `nil` changes nothing.
        package let group: Party?
        /// Whether what a crowd leaves of those limits is this subscriber's to take.
        package let hasPriority: Bool

        package init(
            snapshot: Bool = false, presence: Bool = false, group: Party? = nil, hasPriority: Bool = false
        ) {
            self.snapshot = snapshot
            self.presence = presence
            self.group = group
            self.hasPriority = hasPriority
        }
    }
}

/// The state of a channel as a whole.
package struct ChannelSnapshot: Sendable {
    /// The offset up to which events are folded in.
    package let offset: UInt64
    /// What a subscriber receives in the reply's `data`.
    package let data: RawJSON

    package init(offset: UInt64, data: RawJSON) {
        self.offset = offset
        self.data = data
    }
}

/// One call of a method, or one signal.
///
/// Confined to the session's loop.
package struct LiveCall {
    /// Who calls.
    package let caller: LiveCaller
    /// Over which connection.
    package let client: ClientID
    /// The method's or the signal's name.
    package let method: String
    /// The data as sent.
    package let data: RawJSON
    /// When the frame was read, in milliseconds since 1970.
    package let receivedAt: Int64
    /// The session's loop.
    package let loop: LiveLoop
    /// Answers the call; for a signal, nothing.
    package let reply: (LiveOutcome) -> Void
}

/// What a method returns.
package enum LiveOutcome: Sendable {
    /// The result, as the reply carries it.
    case result(RawJSON)
    /// A protocol error: the call was malformed or forbidden.
    case error(ProtocolError)
}
