package import EventLoop
package import LiveProtocol

/// Carries publications to every loop, of every node, that has members for a channel.
///
/// For log channels it only carries: their order is the log's. For stream channels it assigns offsets and keeps
/// history. It may lose, repeat and reorder what it carries; subscribers of log channels mend that from the log.
/// One suite of tests holds for every implementation.
package protocol Broker: Sendable {
    /// Starts carrying `key` to `loop`, for `sink`; called on that loop. Repeated calls are harmless.
    func join(_ key: ChannelKey, loop: EventLoop, sink: any BrokerSink)

    /// Stops carrying `key` to `loop`; called on that loop.
    func leave(_ key: ChannelKey, loop: EventLoop)

    /// Carries a log or ephemeral publication; from any thread.
    func publish(_ publication: ChannelPublication, to key: ChannelKey)

    /// Carries an ephemeral publication to this node's loops only; from any thread.
    func publishHere(_ publication: ChannelPublication, to key: ChannelKey)

    /// Publishes to a stream channel: assigns the offset, keeps it, carries it. From a loop; `then` is called there,
    /// with `nil` when nothing is known to be published.
    func publishToStream(
        _ data: Payload, info: ClientInfo?, tags: [String: String], to key: ChannelKey, size: Int,
        lifetime: Duration, loop: EventLoop,
        then: @escaping (StreamPosition?) -> Void)

    /// Reads a stream's kept publications after `since` (all when `nil`), at most `limit`; from a loop.
    ///
    /// `then` is called there, with `nil` when the stream cannot be read now.
    func history(
        of key: ChannelKey, since: UInt64?, limit: Int, reverse: Bool, loop: EventLoop,
        then: @escaping (StreamHistory?) -> Void)
}

extension Broker {
    /// Publishes to a stream channel without tags.
    package func publishToStream(
        _ data: Payload, info: ClientInfo?, to key: ChannelKey, size: Int, lifetime: Duration,
        loop: EventLoop, then: @escaping (StreamPosition?) -> Void
    ) {
        publishToStream(
            data, info: info, tags: [:], to: key, size: size, lifetime: lifetime, loop: loop, then: then)
    }
}

/// Receives what the broker carries.
///
/// Sendable: it is handed to the broker once for each loop.
package protocol BrokerSink: AnyObject, Sendable {
    /// Called on the sink's loop.
    func brokerDidCarry(_ publication: ChannelPublication, to key: ChannelKey)

    /// Called on the sink's loop when something may not have been carried to a channel; from now on everything is.
    func brokerMayHaveMissed(_ key: ChannelKey)
}

/// What a stream still holds of what was asked for.
package struct StreamHistory: Sendable, Equatable {
    package let position: StreamPosition
    package let publications: [ChannelPublication]

    package init(position: StreamPosition, publications: [ChannelPublication]) {
        self.position = position
        self.publications = publications
    }
}
