/// Which topics a node follows, and for which channels.
///
/// A topic is left some time after its last channel, so that a class whose members come and go does not subscribe
/// again and again. Time is handed in.
struct TopicBook {
    /// How long a topic without channels is kept.
    static let linger: Duration = .seconds(10)
    /// When a failed subscription is tried again.
    static let retryDelay: Duration = .seconds(1)

    private enum Standing {
        case subscribing
        case subscribed
        case failed(at: ContinuousClock.Instant)
    }

    private struct Entry {
        var keys: Set<ChannelKey> = []
        var standing = Standing.subscribing
        /// Since when there has been no channel.
        var idleSince: ContinuousClock.Instant?
    }

    private var entries: [Topic: Entry] = [:]

    /// Topics that are followed or on their way to be.
    var count: Int { entries.count }

    /// Whether the topic is followed, or on its way to be.
    func holds(_ topic: Topic) -> Bool { entries[topic] != nil }

    /// The channels of a topic that are carried here.
    func keys(of topic: Topic) -> Set<ChannelKey> { entries[topic]?.keys ?? [] }

    /// Adds a channel; returns its topic when that is to be subscribed to.
    mutating func follow(_ key: ChannelKey) -> Topic? {
        let topic = Topic(of: key)
        guard var entry = entries[topic] else {
            entries[topic] = Entry(keys: [key])
            return topic
        }
        entry.keys.insert(key)
        entry.idleSince = nil
        entries[topic] = entry
        return nil
    }

    /// Takes a channel out.
    mutating func unfollow(_ key: ChannelKey, at now: ContinuousClock.Instant) {
        let topic = Topic(of: key)
        guard var entry = entries[topic], entry.keys.remove(key) != nil else { return }
        if entry.keys.isEmpty { entry.idleSince = now }
        entries[topic] = entry
    }

    /// The topic is being subscribed to; one without channels is for all nodes, and stays.
    mutating func isSubscribing(_ topic: Topic) { entries[topic, default: Entry()].standing = .subscribing }

    /// The server has confirmed; returns the channels that may have missed something until now.
    mutating func didSubscribe(_ topic: Topic) -> Set<ChannelKey> {
        entries[topic]?.standing = .subscribed
        return keys(of: topic)
    }

    /// The server has refused, or there was none.
    mutating func didFail(_ topic: Topic, at now: ContinuousClock.Instant) {
        entries[topic]?.standing = .failed(at: now)
    }

    /// Topics whose subscription is to be tried again.
    func retry(at now: ContinuousClock.Instant) -> [Topic] {
        entries.compactMap { topic, entry in
            guard case .failed(let then) = entry.standing, now - then >= TopicBook.retryDelay else {
                return nil
            }
            return topic
        }
    }

    /// Forgets topics that have had no channel for a while, and names them.
    mutating func expire(at now: ContinuousClock.Instant) -> [Topic] {
        let over = entries.filter { _, entry in
            guard let since = entry.idleSince else { return false }
            return now - since >= TopicBook.linger
        }
        for topic in over.keys { entries[topic] = nil }
        return Array(over.keys)
    }
}
