import DequeModule
import EventLoop

/// Hears of a subscribing connection, on its loop.
protocol SubscriberConnectionOwner: AnyObject {
    func subscriberDidOpen()
    func subscriberDidReceive(_ payload: [UInt8], on channel: String)
    /// The server confirmed a subscription that was asked for with this ticket.
    func subscriberDidConfirm(_ channel: String, ticket: UInt64)
    /// The server refused these, asked for together.
    func subscriberDidRefuse(_ channels: [String: UInt64], _ error: RedisServerError)
    /// The server ended a subscription by itself.
    func subscriberDidDrop(_ channel: String)
    func subscriberDidClose(_ error: RedisError)
}

/// One life of a connection that only subscribes: it tells confirmations, refusals and what the server does unasked
/// apart.
///
/// Confined to its loop. The server confirms in the order of the commands, channel by channel; an error stands for a
/// whole command.
final class SubscriberConnection: RedisLinkOwner {
    private struct Expected {
        enum Kind { case subscribe, unsubscribe, ping }
        let kind: Kind
        /// Channels that are still to be confirmed, with the tickets that they were asked for with.
        var channels: [String: UInt64]
        let sentAt: ContinuousClock.Instant
    }

    private weak var owner: (any SubscriberConnectionOwner)?
    private let loop: EventLoop
    private let settings: RedisSettings
    private let kind: RedisChannelKind
    private let link: RedisLink
    private var expected = Deque<Expected>()
    private var watch: LoopTimer?
    private var watchDue: ContinuousClock.Instant
    private(set) var openedAt: ContinuousClock.Instant?

    init(
        loop: EventLoop, endpoint: RedisEndpoint, settings: RedisSettings, kind: RedisChannelKind,
        dialer: RedisDialer, counters: RedisCounters, owner: any SubscriberConnectionOwner
    ) {
        self.loop = loop
        self.settings = settings
        self.kind = kind
        self.owner = owner
        watchDue = loop.now
        link = RedisLink(
            loop: loop, endpoint: endpoint, settings: settings, dialer: dialer, counters: counters)
        link.owner = self
    }

    var isReady: Bool { link.phase == .ready }

    func open() { link.open() }

    func close(_ error: RedisError) { link.close(error) }

    /// Asks for channels in one command; in a cluster all of one slot.
    func subscribe(_ channels: [String: UInt64]) { ask(.subscribe, kind.subscribeWord, channels) }

    /// Ends channels in one command; in a cluster all of one slot.
    func unsubscribe(_ channels: [String: UInt64]) { ask(.unsubscribe, kind.unsubscribeWord, channels) }

    private func ask(_ kind: Expected.Kind, _ word: String, _ channels: [String: UInt64]) {
        guard isReady, !channels.isEmpty else { return }
        send(kind, [RedisArgument(word)] + channels.keys.map { RedisArgument($0) }, channels)
    }

    private func send(_ kind: Expected.Kind, _ words: [RedisArgument], _ channels: [String: UInt64]) {
        // Output that is full means a server that does not read: it is given up, and everything asked for again.
        guard let bytes = CommandFormatter.bytes(of: words), link.send(bytes) else {
            loop.later { [weak self] in self?.close(.overloaded) }
            return
        }
        expected.append(Expected(kind: kind, channels: channels, sentAt: loop.now))
        if watchDue > loop.now + settings.commandTimeout { armWatch(after: settings.commandTimeout) }
    }

    // MARK: The link

    func linkDidOpen() {
        openedAt = loop.now
        armWatch(after: settings.pingInterval)
        owner?.subscriberDidOpen()
    }

    func linkDidReceive(_ value: RedisValue) {
        guard let event = PubSubEvent(value) else { return close(.garbage(.unexpectedReply)) }
        switch event {
        case .message(let channel, let payload): owner?.subscriberDidReceive(payload, on: channel)
        case .subscribed(let channel):
            guard let ticket = confirm(channel, .subscribe) else {
                return close(.garbage(.unexpectedReply))
            }
            owner?.subscriberDidConfirm(channel, ticket: ticket)
        case .unsubscribed(let channel):
            // Unasked when a slot leaves the node, or when our rights to the channel were taken.
            if confirm(channel, .unsubscribe) == nil { owner?.subscriberDidDrop(channel) }
        case .pong:
            guard expected.first?.kind == .ping else { return close(.garbage(.unexpectedReply)) }
            expected.removeFirst()
        case .refused(let error):
            guard let first = expected.popFirst() else { return close(.garbage(.unexpectedReply)) }
            // A slot that has moved knows none of the channels: they are not subscribed there, as was asked.
            if first.kind == .subscribe { owner?.subscriberDidRefuse(first.channels, error) }
        case .other: break
        }
    }

    /// Takes a confirmation from the command that is due; `nil` when it is not what that command asked for.
    private func confirm(_ channel: String, _ kind: Expected.Kind) -> UInt64? {
        guard let first = expected.first, first.kind == kind,
            let ticket = expected[0].channels.removeValue(forKey: channel)
        else { return nil }
        if expected[0].channels.isEmpty { expected.removeFirst() }
        return ticket
    }

    func linkDidClose(_ error: RedisError) {
        watch?.cancel()
        expected.removeAll()
        owner?.subscriberDidClose(error)
    }

    // MARK: Silence

    private func armWatch(after delay: Duration) {
        watch?.cancel()
        watchDue = loop.now + delay
        watch = loop.schedule(after: delay) { [weak self] in self?.look() }
    }

    private func look() {
        guard isReady else { return }
        let now = loop.now
        if let oldest = expected.first {
            let left = oldest.sentAt + settings.commandTimeout - now
            guard left > .zero else { return close(.timeout(.answer)) }
            return armWatch(after: left)
        }
        let left = link.lastHeard + settings.pingInterval - now
        guard left <= .zero else { return armWatch(after: left) }
        send(.ping, ["PING"], [:])
        armWatch(after: settings.commandTimeout)
    }
}
