import LiveProtocol

/// Plain pub/sub namespaces that an operator configures for apps of their own: anyone of the institution may use them.
package struct PlainChannels: LiveFeature {
    package let namespaces: [Namespace]
    package let methods: [String: LiveMethod] = [:]
    package let signals: [String: LiveSignal] = [:]

    /// Offers these namespaces; none of them is a log.
    package init(namespaces: [Namespace]) {
        precondition(!namespaces.contains { $0.kind == .log }, "a plain namespace cannot be a log")
        self.namespaces = namespaces
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
