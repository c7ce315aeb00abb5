package import JSON

/// A message of the server that answers no command.
package struct Push: Hashable, Sendable {
    /// The channel that it concerns; empty for what concerns the whole connection.
    package let channel: String
    package let event: Event

    package init(channel: String = "", _ event: Event) {
        self.channel = channel
        self.event = event
    }

    /// What happened.
    package enum Event: Hashable, Sendable {
        case publication(Publication)
        case join(ClientInfo)
        case leave(ClientInfo)
        /// The server ended the subscription.
        case unsubscribe(UnsubscribeCode, reason: String)
        /// Data for this connection alone.
        case message(RawJSON)
        /// The server subscribed the connection to the channel.
        case subscribe(SubscribeResult)
        case connect(ConnectResult)
        case disconnect(Disconnect)
        case refresh(RefreshResult)
    }
}

/// One publication of a channel.
package struct Publication: Hashable, Sendable {
    package var data: Payload
    /// Its place in the channel's history; 0 for what is not kept.
    package var offset: UInt64
    /// Who published it, when a client did.
    package var info: ClientInfo?
    package var tags: [String: String]
    /// Whether `data` is a difference to the publication before.
    package var delta: Bool
    /// When it was published, in milliseconds since 1970; 0 for unknown.
    package var time: Int64

    package init(
        data: Payload, offset: UInt64 = 0, info: ClientInfo? = nil, tags: [String: String] = [:],
        delta: Bool = false, time: Int64 = 0
    ) {
        self.data = data
        self.offset = offset
        self.info = info
        self.tags = tags
        self.delta = delta
        self.time = time
    }

    /// A publication of JSON.
    package init(
        data: RawJSON, offset: UInt64 = 0, info: ClientInfo? = nil, tags: [String: String] = [:],
        delta: Bool = false, time: Int64 = 0
    ) {
        self.init(
            data: .json(data), offset: offset, info: info, tags: tags, delta: delta, time: time)
    }
}

/// A connection as others in a channel see it.
package struct ClientInfo: Hashable, Sendable {
    package var user: String
    /// The connection's name, unique in the deployment.
    package var client: String
    package var connectionInfo: RawJSON?
    package var channelInfo: RawJSON?

    package init(
        user: String, client: String, connectionInfo: RawJSON? = nil, channelInfo: RawJSON? = nil
    ) {
        self.user = user
        self.client = client
        self.connectionInfo = connectionInfo
        self.channelInfo = channelInfo
    }
}
