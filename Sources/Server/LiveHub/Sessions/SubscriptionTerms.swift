import EventLoop
import JSON
import LiveProtocol

/// What the subscriptions of one session have that began with a token: what others are told, and when they end.
///
/// Confined to the session's loop.
final class SubscriptionTerms {
    private struct Term {
        var ticket: SubscriptionTicket
        var timer: LoopTimer?
    }
    private var terms: [String: Term] = [:]

    /// What others in the channel are told of the subscriber.
    func info(in channel: String) -> RawJSON? { terms[channel]?.ticket.info }

    /// Seconds until a subscription ends; `nil` when it does not end by itself.
    func secondsLeft(of channel: String) -> UInt32? {
        terms[channel]?.ticket.expiresAt.map {
            UInt32(clamping: max(1, $0 - WallTime.milliseconds() / 1000))
        }
    }

    /// Begins a term, or puts another one in the place of one that runs.
    func begin(_ ticket: SubscriptionTicket, of channel: String, timer: LoopTimer?) {
        terms[channel]?.timer?.cancel()
        terms[channel] = Term(ticket: ticket, timer: timer)
    }

    /// Forgets a subscription.
    func end(_ channel: String) { terms.removeValue(forKey: channel)?.timer?.cancel() }
}

/// Tokens of subscriptions.
extension LiveSession {
    /// How the session is told to others in a channel; `nil` before it is connected.
    func info(in channel: String) -> ClientInfo? {
        guard let caller else { return nil }
        return ClientInfo(
            user: caller.subject, client: client.description, connectionInfo: caller.app?.info,
            channelInfo: terms?.info(in: channel))
    }

    /// Reads a subscription token; none is needed for a user's own channel.
    func withTicket(
        _ token: String, _ caller: LiveCaller, _ key: ChannelKey,
        then: @escaping (Result<SubscriptionTicket?, ProtocolError>) -> Void
    ) {
        guard !token.isEmpty else {
            let isOwn = (try? ChannelName(key.name))?.name.hasPrefix("#") == true
            return then(isOwn ? .success(nil) : .failure(ProtocolError(.permissionDenied)))
        }
        loop.loop.run { await self.readTicket(token, caller, key, then: then) }
    }

    private func readTicket(
        _ token: String, _ caller: LiveCaller, _ key: ChannelKey,
        then: (Result<SubscriptionTicket?, ProtocolError>) -> Void
    ) async {
        do {
            then(.success(try await loop.hub.authenticator.ticket(token: token, of: caller, to: key.name)))
        } catch {
            switch error {
            case .expired: then(.failure(ProtocolError(.tokenExpired)))
            case .unavailable: then(.failure(ProtocolError(.internal)))
            case .invalid: then(.failure(ProtocolError(.permissionDenied)))
            }
        }
    }

    /// Keeps what a token gives; when it runs out and no fresh one has come, the subscription ends.
    func keep(_ ticket: SubscriptionTicket, of name: String) {
        guard ticket.info != nil || ticket.expiresAt != nil || terms != nil else { return }
        let terms = terms ?? SubscriptionTerms()
        self.terms = terms
        let timer = ticket.expiresAt.map { end in
            let left = Duration.seconds(max(1, end - WallTime.milliseconds() / 1000))
            return loop.loop.schedule(after: left + loop.settings.expiryGrace) { [weak self] in
                self?.expel(from: name, .expired, reason: UnsubscribeCode.expired.reason)
            }
        }
        terms.begin(ticket, of: name, timer: timer)
    }

    func refreshSubscription(_ id: UInt32, _ name: String, token: String) {
        guard let caller, let subscription = subscription(to: name) else {
            return refuse(id, ProtocolError(.permissionDenied))
        }
        guard subscription.channel.namespace.tokens != .ignored else {
            return refuse(id, ProtocolError(.notAvailable))
        }
        guard !token.isEmpty else { return refuse(id, ProtocolError(.permissionDenied)) }
        withTicket(token, caller, subscription.channel.key) { [self] outcome in
            guard isOpen else { return }
            switch outcome {
            case .failure(let error): refuse(id, error)
            case .success(let ticket):
                guard self.subscription(to: name) != nil, let ticket else {
                    return refuse(id, ProtocolError(.permissionDenied))
                }
                keep(ticket, of: name)
                reply(id, .subRefresh(RefreshResult(expiresAfter: terms?.secondsLeft(of: name))))
            }
        }
    }
}
