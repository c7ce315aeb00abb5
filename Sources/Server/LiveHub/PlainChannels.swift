import LiveProtocol

/// Plain pub/sub namespaces that an operator configures for apps of their own: anyone of the institution may use them.
package struct PlainChannels: LiveFeature {
    package let namespaces: [Namespace]
    package let methods: [String: LiveMethod] = [:]
    package let signals: [String: LiveSignal] = [:]
    private let hasPersonalChannels: Bool

    /// Offers these namespaces; none of them is a log.
    ///
    /// - Parameters:
    ///   - namespaces: What is offered.
    ///   - hasPersonalChannels: Whether each user of an app is subscribed to `#` and their own name.
    package init(namespaces: [Namespace], hasPersonalChannels: Bool = false) {
        precondition(!namespaces.contains { $0.kind == .log }, "a plain namespace cannot be a log")
        self.namespaces = namespaces
        self.hasPersonalChannels = hasPersonalChannels
    }

    package func channels(of caller: LiveCaller) -> [String] {
        guard let app = caller.app else { return [] }
        let own = hasPersonalChannels && !caller.subject.isEmpty ? ["#" + caller.subject] : []
        return own + app.channels.filter { !own.contains($0) }
    }

    package func admit(
        _ caller: LiveCaller, to channel: ChannelKey, loop: LiveLoop, then: @escaping (Admission) -> Void
    ) {
        guard let name = try? ChannelName(channel.name),
            let namespace = namespaces.first(where: { $0.name == name.namespace })
        else { return then(.refused(ProtocolError(.unknownChannel))) }
        // A name with `#` is one user's own.
        guard !name.name.hasPrefix("#") || name.name.dropFirst() == caller.subject else {
            return then(.refused(ProtocolError(.permissionDenied)))
        }
        then(.granted(Admission.Grant(presence: namespace.allowsPresence)))
    }

    package func snapshot(
        of channel: ChannelKey, loop: LiveLoop, then: @escaping (ChannelSnapshot?) -> Void
    ) { then(nil) }

    package func didJoin(
        _ caller: LiveCaller, client: ClientID, channel: ChannelKey, isReturning: Bool, loop: LiveLoop
    ) {}

    package func didLeave(_ caller: LiveCaller, client: ClientID, channel: ChannelKey, loop: LiveLoop) {}
}
