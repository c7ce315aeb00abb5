import EventLoop
import JSON
package import LiveProtocol

/// Subscribing: admission, then what was missed, then membership, with no gap and nothing twice in between.
extension LiveSession {
    func subscribe(_ id: UInt32, _ request: SubscribeRequest) {
        guard let caller else { return }
        let key = ChannelKey(institution: caller.institution, name: request.channel)
        guard request.channel.utf8.count <= ChannelName.longest else {
            return refuse(id, .badRequest("the channel's name is longer than \(ChannelName.longest) bytes"))
        }
        guard let (namespace, feature) = loop.hub.namespace(of: request.channel) else {
            return refuse(id, ProtocolError(.unknownChannel))
        }
        guard subscription(to: request.channel) == nil, !isPending(key) else {
            return refuse(id, ProtocolError(.alreadySubscribed))
        }
        let wish: SubscriptionWish
        do throws(ProtocolError) {
            wish = try SubscriptionWish(request, in: namespace)
        } catch {
            return refuse(id, error)
        }
        if let met = beginSubscribing(key) { return refuse(id, met) }
        guard namespace.tokens != .ignored, namespace.tokens == .needed || !request.token.isEmpty else {
            return ask(feature, id, key, caller, wish)
        }
        withTicket(request.token, caller, key) { [self] outcome in
            guard isPending(key) else { return }
            switch outcome {
            case .failure(let error): abandon(id, key, error)
            case .success(let ticket):
                if let ticket { keep(ticket, of: key.name) }
                ask(feature, id, key, caller, wish)
            }
        }
    }

    /// Asks the feature that owns the channel.
    private func ask(
        _ feature: any LiveFeature, _ id: UInt32, _ key: ChannelKey, _ caller: LiveCaller,
        _ wish: SubscriptionWish
    ) {
        feature.admit(caller, to: key, loop: loop) { [self] admission in
            guard isPending(key) else { return }
            switch admission {
            case .refused(let error): abandon(id, key, error)
            case .granted(let grant):
                guard isOpen else { return endSubscribing(key) }
                if let met = enterGroup(of: grant) {
                    endSubscribing(key)
                    terms?.end(key.name)
                    return refuse(id, met)
                }
                enter(id, key, wish, grant)
            }
        }
    }

    private func abandon(_ id: UInt32, _ key: ChannelKey, _ error: ProtocolError) {
        endSubscribing(key)
        terms?.end(key.name)
        refuse(id, error)
    }

    private func enter(_ id: UInt32, _ key: ChannelKey, _ wish: SubscriptionWish, _ grant: Admission.Grant) {
        let request = wish.request
        guard let channel = loop.channel(key) else { return abandon(id, key, ProtocolError(.unknownChannel)) }
        channel.whenLive { [self] isLive in
            guard isPending(key), isOpen else { return endSubscribing(key) }
            guard isLive else { return abandon(id, key, ProtocolError(.internal)) }
            guard request.recover, request.offset > channel.position, request.epoch == self.epoch(of: channel)
            else { return enter(id, channel, wish, grant) }
            // Who comes from another node may have seen what has not been carried here yet.
            channel.reach(request.offset) { [self] isReached in
                guard isPending(key), isOpen else { return endSubscribing(key) }
                guard isReached != nil else { return abandon(id, key, ProtocolError(.internal)) }
                enter(id, channel, wish, grant)
            }
        }
    }

    private func enter(
        _ id: UInt32, _ channel: LocalChannel, _ wish: SubscriptionWish, _ grant: Admission.Grant
    ) {
        inTurn { [self] done in
            guard isPending(channel.key), isOpen else {
                endSubscribing(channel.key)
                return done()
            }
            switch channel.namespace.kind {
            case .log:
                enterLog(id, channel, wish.request, grant)
                done()
            case .stream: enterStream(id, channel, wish, grant, then: done)
            case .ephemeral:
                join(id, channel, grant, result(in: channel, wish, recovered: nil), wish.manner)
                done()
            }
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
        if !tail.isEmpty {
            deliver(
                LiveFrame.publications(
                    tail, in: channel.key.name, dialect, loop.compressor, now: MonotonicTime.nanoseconds()))
        }
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
        channel.catchUp(self, from: result.offset) { [self] page in
            guard isPending(channel.key), isOpen else { return false }
            if replied {
                if !page.isEmpty {
                    deliver(
                        LiveFrame.publications(
                            page, in: channel.key.name, dialect, loop.compressor, now: WallTime.milliseconds()
                        ))
                }
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
        _ id: UInt32, _ channel: LocalChannel, _ wish: SubscriptionWish, _ grant: Admission.Grant,
        then done: @escaping () -> Void
    ) {
        channel.recover(wish) { [self] recovery in
            defer { done() }
            guard isPending(channel.key), isOpen else { return endSubscribing(channel.key) }
            let recovered: [Publication]?
            switch recovery {
            case .unreadable: return abandon(id, channel.key, ProtocolError(.internal))
            case .impossible: recovered = nil
            case .publications(let found): recovered = found
            }
            if wish.recovers, recovered == nil {
                loop.counters.failedRecoveries += 1
                if wish.request.rejectsUnrecovered {
                    return abandon(id, channel.key, ProtocolError(.unrecoverablePosition))
                }
            }
            var manner = wish.manner
            manner.isReady = recovered?.isEmpty == false
            join(id, channel, grant, result(in: channel, wish, recovered: recovered), manner)
        }
    }

    /// What a subscriber of a plain channel is told first; with `recovered`, nothing up to the channel's position is missing.
    private func result(
        in channel: LocalChannel, _ wish: SubscriptionWish, recovered: [Publication]?
    ) -> SubscribeResult {
        var result = SubscribeResult()
        result.expiresAfter = terms?.secondsLeft(of: channel.key.name)
        result.recoverable = wish.isRecoverable
        result.positioned = wish.isPositioned
        if wish.isRecoverable || wish.isPositioned {
            result.epoch = channel.epoch
            result.offset = channel.position
        }
        result.delta = wish.manner.takesDeltas
        result.wasRecovering = wish.recovers
        result.recovered = recovered != nil
        let wanted = recovered?.filter { wish.manner.filter?.matches($0.tags) ?? true } ?? []
        result.publications = result.delta ? DeltaPublication.run(wanted, form) : wanted
        return result
    }

    // MARK: Subscriptions by the server

    /// Makes ready what the server subscribes a new connection to; what cannot be had is left out.
    func prepare(
        _ names: [String], of caller: LiveCaller, _ known: [String: SubscribeRequest],
        then: @escaping ([PreparedSubscription]) -> Void
    ) {
        var left = min(names.count, loop.settings.subscriptionsPerSession)
        var prepared: [PreparedSubscription] = []
        for name in names.prefix(left) {
            let done = { (one: PreparedSubscription?) in
                if let one { prepared.append(one) }
                left -= 1
                if left == 0 { then(prepared) }
            }
            var request = known[name] ?? SubscribeRequest()
            request.channel = name
            prepare(request, of: caller, then: done)
        }
    }

    private func prepare(
        _ request: SubscribeRequest, of caller: LiveCaller, then: @escaping (PreparedSubscription?) -> Void
    ) {
        let key = ChannelKey(institution: caller.institution, name: request.channel)
        guard let (namespace, feature) = loop.hub.namespace(of: request.channel), !namespace.isLog,
            let wish = try? SubscriptionWish(request, in: namespace)
        else { return then(nil) }
        feature.admit(caller, to: key, loop: loop) { [self] admission in
            guard case .granted(let grant) = admission, let channel = loop.channel(key) else {
                return then(nil)
            }
            channel.whenLive { isLive in
                guard isLive else { return then(nil) }
                channel.prepare(wish, grant, then: then)
            }
        }
    }

    /// Begins a subscription that the client has not asked for; nothing happens where it has one.
    func subscribeByServer(_ name: String) {
        guard let caller, subscription(to: name) == nil,
            subscriptionCount < loop.settings.subscriptionsPerSession
        else { return }
        let key = ChannelKey(institution: caller.institution, name: name)
        guard !isPending(key) else { return }
        if let met = beginSubscribing(key) { return loop.hub.limits.note(met) }
        prepare([name], of: caller, [:]) { [self] prepared in
            guard let one = prepared.first, isPending(key), isOpen else { return endSubscribing(key) }
            deliver(LiveFrame.push(Push(channel: name, .subscribe(subscribeResult(of: one))), form))
            become(memberOf: one.channel, one.grant, isReturning: false)
        }
    }

    /// What the connect reply says of a subscription by the server; from this moment on the session must be a member.
    func subscribeResult(of prepared: PreparedSubscription) -> SubscribeResult {
        let channel = prepared.channel
        var recovered: [Publication]?
        if case .publications(let found) = prepared.recovery, prepared.position.epoch == channel.epoch {
            // Something may have been said while other channels were made ready.
            recovered = channel.missed(after: prepared.position.offset).map { found + $0 }
        }
        if prepared.wish.recovers {
            if recovered == nil { loop.counters.failedRecoveries += 1 } else { loop.counters.recoveries += 1 }
        }
        return result(in: channel, prepared.wish, recovered: recovered)
    }

    // MARK: Membership

    private func join(
        _ id: UInt32, _ channel: LocalChannel, _ grant: Admission.Grant, _ result: SubscribeResult,
        _ manner: Manner = Manner()
    ) {
        if result.recovered { loop.counters.recoveries += 1 }
        reply(id, .subscribe(result))
        become(memberOf: channel, grant, isReturning: result.wasRecovering, manner)
    }

    func become(
        memberOf channel: LocalChannel, _ grant: Admission.Grant, isReturning: Bool,
        _ manner: Manner = Manner()
    ) {
        endSubscribing(channel.key)
        guard isOpen, let caller else { return }
        let place = channel.add(self, manner)
        addSubscription(
            Subscription(channel: channel, place: Int32(place), hasPresence: grant.presence))
        channel.feature.didJoin(
            caller, client: client, channel: channel.key, isReturning: isReturning, loop: loop)
        if channel.namespace.joins != .never, let info = info(in: channel.key.name) {
            loop.hub.broker.publish(ChannelPublication(.join, info), to: channel.key)
        }
    }

    func unsubscribe(_ id: UInt32, _ name: String) {
        if let caller { endSubscribing(ChannelKey(institution: caller.institution, name: name)) }
        if !leave(name) { terms?.end(name) }
        reply(id, .unsubscribe)
    }

    /// Ends a subscription from the server's side and tells the client.
    package func expel(from name: String, _ code: UnsubscribeCode, reason: String) {
        guard leave(name) else { return }
        deliver(LiveFrame.push(Push(channel: name, .unsubscribe(code, reason: reason)), form))
    }
}
