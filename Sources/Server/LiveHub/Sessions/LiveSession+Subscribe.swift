import JSON
package import LiveProtocol

/// Subscribing: admission, then what was missed, then membership, with no gap and nothing twice in between.
extension LiveSession {
    func subscribe(_ id: UInt32, _ request: SubscribeRequest) {
        guard let caller else { return }
        let key = ChannelKey(institution: caller.institution, name: request.channel)
        guard let (_, feature) = loop.hub.namespace(of: request.channel) else {
            return refuse(id, ProtocolError(.unknownChannel))
        }
        guard subscription(to: request.channel) == nil, !isPending(key) else {
            return refuse(id, ProtocolError(.alreadySubscribed))
        }
        guard subscriptionCount < loop.settings.subscriptionsPerSession else {
            return refuse(id, ProtocolError(.limitExceeded))
        }
        beginSubscribing(key)
        feature.admit(caller, to: key, loop: loop) { [self] admission in
            guard isPending(key) else { return }
            switch admission {
            case .refused(let error): abandon(id, key, error)
            case .granted(let grant): enter(id, key, request, grant)
            }
        }
    }

    private func abandon(_ id: UInt32, _ key: ChannelKey, _ error: ProtocolError) {
        endSubscribing(key)
        refuse(id, error)
    }

    private func enter(_ id: UInt32, _ key: ChannelKey, _ request: SubscribeRequest, _ grant: Admission.Grant)
    {
        guard let channel = loop.channel(key) else { return abandon(id, key, ProtocolError(.unknownChannel)) }
        channel.whenLive { [self] isLive in
            guard isPending(key), isOpen else { return endSubscribing(key) }
            guard isLive else { return abandon(id, key, ProtocolError(.internal)) }
            guard request.recover, request.offset > channel.position, request.epoch == self.epoch(of: channel)
            else { return enter(id, channel, request, grant) }
            // Who comes from another node may have seen what has not been carried here yet.
            channel.reach(request.offset) { [self] isReached in
                guard isPending(key), isOpen else { return endSubscribing(key) }
                guard isReached != nil else { return abandon(id, key, ProtocolError(.internal)) }
                enter(id, channel, request, grant)
            }
        }
    }

    private func enter(
        _ id: UInt32, _ channel: LocalChannel, _ request: SubscribeRequest, _ grant: Admission.Grant
    ) {
        switch channel.namespace.kind {
        case .log: enterLog(id, channel, request, grant)
        case .stream(let size, _): enterStream(id, channel, request, grant, size: size)
        case .ephemeral: join(id, channel, grant, SubscribeResult())
        }
    }

    private func epoch(of channel: LocalChannel) -> String {
        channel.namespace.isLog ? loop.hub.logEpoch : channel.epoch
    }

    // MARK: Log channels

    private func enterLog(
        _ id: UInt32, _ channel: LocalChannel, _ request: SubscribeRequest, _ grant: Admission.Grant
    ) {
        let epoch = loop.hub.logEpoch
        let mayRecover = request.recover && request.epoch == epoch && request.offset <= channel.position
        if mayRecover, let missed = channel.missed(after: request.offset) {
            var result = logResult(channel, request, offset: channel.position)
            result.recovered = true
            result.publications = missed
            return join(id, channel, grant, result)
        }
        if grant.snapshot {
            return channel.withSnapshot { [self] snapshot in
                guard isPending(channel.key), isOpen else { return endSubscribing(channel.key) }
                guard let snapshot else { return abandon(id, channel.key, ProtocolError(.internal)) }
                enter(id, channel, request, grant, snapshot)
            }
        }
        guard mayRecover else {
            if request.recover { loop.counters.failedRecoveries += 1 }
            return join(id, channel, grant, logResult(channel, request, offset: channel.position))
        }
        var result = logResult(channel, request, offset: request.offset)
        result.recovered = true
        catchUp(id, channel, grant, result)
    }

    /// The snapshot is the state at its offset; what followed is sent behind the reply, before anything newer.
    private func enter(
        _ id: UInt32, _ channel: LocalChannel, _ request: SubscribeRequest, _ grant: Admission.Grant,
        _ snapshot: ChannelSnapshot
    ) {
        guard let tail = channel.missed(after: snapshot.offset) else {
            return abandon(id, channel.key, ProtocolError(.internal))
        }
        var result = logResult(channel, request, offset: snapshot.offset)
        result.recovered = request.recover
        result.data = snapshot.data
        join(id, channel, grant, result)
        if !tail.isEmpty { deliver(LiveFrame.publications(tail, in: channel.key.name, form)) }
    }

    private func logResult(
        _ channel: LocalChannel, _ request: SubscribeRequest, offset: UInt64
    ) -> SubscribeResult {
        var result = SubscribeResult()
        result.recoverable = true
        result.positioned = true
        result.epoch = loop.hub.logEpoch
        result.offset = offset
        result.wasRecovering = request.recover
        return result
    }

    /// The first page is the reply's, the others follow as pushes; then the session becomes a member.
    private func catchUp(
        _ id: UInt32, _ channel: LocalChannel, _ grant: Admission.Grant, _ result: SubscribeResult
    ) {
        var replied = false
        channel.catchUp(from: result.offset) { [self] page in
            guard isPending(channel.key), isOpen else { return false }
            if replied {
                if !page.isEmpty { deliver(LiveFrame.publications(page, in: channel.key.name, form)) }
            } else {
                replied = true
                var first = result
                first.publications = page
                first.offset = page.last?.offset ?? result.offset
                reply(id, .subscribe(first))
            }
            return true
        } then: { [self] caughtUp in
            guard isPending(channel.key), isOpen else { return endSubscribing(channel.key) }
            guard caughtUp else {
                endSubscribing(channel.key)
                loop.counters.failedRecoveries += 1
                // The client has been given a part already: only a new connection starts from a state that both know.
                return replied ? disconnect(.insufficientState) : refuse(id, ProtocolError(.internal))
            }
            become(memberOf: channel, grant, isReturning: result.wasRecovering)
            loop.counters.recoveries += 1
        }
    }

    // MARK: Stream channels

    private func enterStream(
        _ id: UInt32, _ channel: LocalChannel, _ request: SubscribeRequest, _ grant: Admission.Grant,
        size: Int
    ) {
        guard request.recover, request.epoch == channel.epoch, request.offset <= channel.position else {
            return joinStream(id, channel, request, grant, recovered: nil)
        }
        if let missed = channel.missed(after: request.offset) {
            return joinStream(id, channel, request, grant, recovered: missed)
        }
        loop.hub.broker.history(
            of: channel.key, since: request.offset, limit: size, reverse: false, loop: loop.loop
        ) { [self] history in
            guard isPending(channel.key), isOpen else { return endSubscribing(channel.key) }
            guard let history else { return abandon(id, channel.key, ProtocolError(.internal)) }
            let missed = channel.completed(history, after: request.offset)
            joinStream(id, channel, request, grant, recovered: missed)
        }
    }

    /// The session becomes a member at the channel's position; with `recovered`, nothing up to there is missing.
    private func joinStream(
        _ id: UInt32, _ channel: LocalChannel, _ request: SubscribeRequest, _ grant: Admission.Grant,
        recovered: [Publication]?
    ) {
        var result = SubscribeResult()
        result.recoverable = channel.namespace.isRecoverable
        result.positioned = channel.namespace.isRecoverable
        result.epoch = channel.epoch
        result.offset = channel.position
        result.wasRecovering = request.recover
        result.recovered = recovered != nil
        result.publications = recovered ?? []
        if request.recover, recovered == nil { loop.counters.failedRecoveries += 1 }
        join(id, channel, grant, result)
    }

    // MARK: Membership

    private func join(
        _ id: UInt32, _ channel: LocalChannel, _ grant: Admission.Grant, _ result: SubscribeResult
    ) {
        if result.recovered { loop.counters.recoveries += 1 }
        reply(id, .subscribe(result))
        become(memberOf: channel, grant, isReturning: result.wasRecovering)
    }

    private func become(memberOf channel: LocalChannel, _ grant: Admission.Grant, isReturning: Bool) {
        endSubscribing(channel.key)
        guard isOpen, let caller else { return }
        addSubscription(Subscription(channel: channel, place: channel.add(self), grant: grant))
        channel.feature.didJoin(
            caller, client: client, channel: channel.key, isReturning: isReturning, loop: loop)
    }

    func unsubscribe(_ id: UInt32, _ name: String) {
        if let caller { endSubscribing(ChannelKey(institution: caller.institution, name: name)) }
        leave(name)
        reply(id, .unsubscribe)
    }

    /// Ends a subscription from the server's side and tells the client.
    package func expel(from name: String, _ code: UnsubscribeCode, reason: String) {
        guard leave(name) else { return }
        deliver(LiveFrame.push(Push(channel: name, .unsubscribe(code, reason: reason)), form))
    }
}
