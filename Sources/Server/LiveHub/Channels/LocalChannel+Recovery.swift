import LiveProtocol

/// What a subscriber of a stream who comes back is given.
enum StreamRecovery {
    /// Nothing up to the channel's position is missing with these.
    case publications([Publication])
    /// It was not asked for, or the stream does not reach back as far.
    case impossible
    /// The stream cannot be read now.
    case unreadable

    /// The publication at a channel's position, of which the broker may know a newer one already: that one comes to the session
    /// as to every member.
    ///
    /// - Parameters:
    ///   - found: What the broker knows as the newest.
    ///   - position: What members have been told; 0 for nothing yet.
    ///   - last: The last one at hand after an offset.
    /// - Returns: `nil` where there is none that members have been told.
    static func newest(
        _ found: Publication?, at position: UInt64, lastAfter last: (UInt64) -> Publication?
    ) -> Publication? {
        guard position > 0, let found else { return nil }
        let newest = found.offset == position ? found : last(position - 1)
        return newest?.offset == position ? newest : nil
    }
}

extension LocalChannel {
    /// Makes a subscription by the server ready; `nil` when what the client has seen elsewhere cannot be looked for now.
    func prepare(
        _ wish: SubscriptionWish, _ grant: Admission.Grant, then: @escaping (PreparedSubscription?) -> Void
    ) {
        let request = wish.request
        guard wish.recovers, request.offset > position, request.epoch == epoch else {
            return prepareHere(wish, grant, then: then)
        }
        // Who comes from another node may have seen what has not been carried here yet.
        reach(request.offset) { [self] isReached in
            isReached == nil ? then(nil) : prepareHere(wish, grant, then: then)
        }
    }

    private func prepareHere(
        _ wish: SubscriptionWish, _ grant: Admission.Grant, then: @escaping (PreparedSubscription?) -> Void
    ) {
        recover(wish) { [self] recovery in
            let place = StreamPosition(offset: position, epoch: epoch)
            then(
                PreparedSubscription(
                    channel: self, grant: grant, wish: wish, recovery: recovery, position: place))
        }
    }

    /// Brings together what a subscriber is to be given up to ``position``, which holds in the moment in which `then` is called.
    func recover(_ wish: SubscriptionWish, then: @escaping (StreamRecovery) -> Void) {
        guard wish.recovers, case .stream(let size, let lifetime) = namespace.kind else {
            return then(.impossible)
        }
        let request = wish.request
        switch namespace.recovers {
        case .newest: recoverNewest(request, then: then)
        case .everything:
            // Without an epoch the client goes on from what somebody else told it.
            guard request.epoch.isEmpty || request.epoch == epoch, request.offset <= position else {
                return then(.impossible)
            }
            if let found = kept(after: request.offset, size: size, lifetime: lifetime) {
                return then(.publications(found))
            }
            recover(from: .after(request.offset, limit: size), then: then) { [self] in
                completed($0, after: request.offset)
            }
        }
    }

    /// Only the newest publication counts, whatever the client has had; not even that, where it has had that one.
    private func recoverNewest(_ request: SubscribeRequest, then: @escaping (StreamRecovery) -> Void) {
        recover(from: .newest, then: then) { [self] history in
            guard history.position.epoch == epoch else { return nil }
            let newest = StreamRecovery.newest(history.publications.first?.publication, at: position) {
                missed(after: $0)?.last
            }
            guard let newest else { return nil }
            let isKnown = request.epoch == epoch && request.offset == position
            return isKnown ? [] : [newest]
        }
    }

    /// Reads, together with others, and makes of it what is missing; what was read before it was asked for is read again when it
    /// does not suffice any more.
    private func recover(
        from range: PastRange, then: @escaping (StreamRecovery) -> Void,
        _ made: @escaping (StreamHistory) -> [Publication]?
    ) {
        readHistory(range) { [self] history, isFresh in
            if let found = history.flatMap(made) { return then(.publications(found)) }
            if isFresh { return then(history == nil ? .unreadable : .impossible) }
            readStream(range) { history in
                guard let history else { return then(.unreadable) }
                then(made(history).map { .publications($0) } ?? .impossible)
            }
        }
    }
}
