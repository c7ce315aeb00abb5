import EventLoop
import JSON
import LiveProtocol
import Telemetry

/// Calls, signals, publications, history and presence.
extension LiveSession {
    func call(_ id: UInt32, _ request: RPCRequest, receivedAt: Int64) {
        guard let caller else { return }
        guard let method = loop.hub.method(request.method) else {
            return refuse(id, ProtocolError(.methodNotFound))
        }
        let started = MonotonicTime.nanoseconds()
        let call = LiveCall(
            caller: caller, client: client, method: request.method, data: request.data,
            receivedAt: receivedAt,
            loop: loop
        ) { [self] outcome in
            loop.hub.acknowledgement.record(microseconds: (MonotonicTime.nanoseconds() - started) / 1000)
            switch outcome {
            case .result(let data): reply(id, .rpc(data))
            case .error(let error): refuse(id, error)
            }
        }
        method(call)
    }

    func signal(_ data: RawJSON, receivedAt: Int64) {
        guard let caller, let type = LiveSession.type(of: data), let signal = loop.hub.signal(type) else {
            return
        }
        signal(
            LiveCall(
                caller: caller, client: client, method: type, data: data, receivedAt: receivedAt, loop: loop
            ) { _ in })
    }

    /// The `type` of an object; `nil` when it has none.
    private static func type(of data: RawJSON) -> String? {
        guard let value = try? JSONReader.read(data.bytes), case .object(let object) = value,
            case .string(let type)? = object["type"]
        else { return nil }
        return type
    }

    func publish(_ id: UInt32, _ name: String, _ data: Payload) {
        guard let caller, let (namespace, _) = loop.hub.namespace(of: name) else {
            return refuse(id, ProtocolError(.unknownChannel))
        }
        guard namespace.allowsPublish, subscription(to: name) != nil else {
            return refuse(id, ProtocolError(.permissionDenied))
        }
        let key = ChannelKey(institution: caller.institution, name: name)
        let info = info(in: name)
        loop.counters.publications += 1
        switch namespace.kind {
        case .log: refuse(id, ProtocolError(.permissionDenied))
        case .ephemeral:
            let publication = Publication(data: data, info: info)
            loop.hub.broker.publish(
                ChannelPublication(publication, publishedAt: MonotonicTime.nanoseconds()), to: key)
            reply(id, .publish)
        case .stream(let size, let lifetime):
            loop.hub.broker.publishToStream(
                data, info: info, to: key, size: size, lifetime: lifetime, loop: loop.loop
            ) { [self] position in
                guard position != nil else { return refuse(id, ProtocolError(.internal)) }
                reply(id, .publish)
            }
        }
    }

    func history(_ id: UInt32, _ request: HistoryRequest) {
        guard let caller, let subscription = subscription(to: request.channel) else {
            return refuse(id, ProtocolError(.permissionDenied))
        }
        let namespace = subscription.channel.namespace
        guard namespace.kind != .ephemeral else { return refuse(id, ProtocolError(.notAvailable)) }
        guard namespace.allowsHistory else { return refuse(id, ProtocolError(.permissionDenied)) }
        let key = ChannelKey(institution: caller.institution, name: request.channel)
        let limit = request.limit < 0 ? 1000 : min(1000, Int(request.limit))
        switch namespace.kind {
        case .ephemeral: refuse(id, ProtocolError(.notAvailable))
        case .stream:
            loop.hub.broker.history(
                of: key, since: request.since?.offset, limit: limit, reverse: request.reverse, loop: loop.loop
            ) { [self] history in
                guard let history else { return refuse(id, ProtocolError(.internal)) }
                if let since = request.since, !since.epoch.isEmpty, since.epoch != history.position.epoch {
                    return refuse(id, ProtocolError(.unrecoverablePosition))
                }
                let publications = history.publications.map(\.publication)
                let position = history.position
                reply(
                    id,
                    .history(
                        HistoryResult(
                            publications: publications, epoch: position.epoch, offset: position.offset)))
            }
        case .log: logHistory(id, subscription.channel, request, limit: limit)
        }
    }

    private func logHistory(_ id: UInt32, _ channel: LocalChannel, _ request: HistoryRequest, limit: Int) {
        let epoch = loop.hub.logEpoch
        if let since = request.since, since.epoch != epoch {
            return refuse(id, ProtocolError(.unrecoverablePosition))
        }
        let answer: ([ChannelPublication]?) -> Void = { [self] found in
            guard let found else { return refuse(id, ProtocolError(.internal)) }
            let publications = found.map(\.publication)
            reply(
                id,
                .history(HistoryResult(publications: publications, epoch: epoch, offset: channel.position)))
        }
        guard limit > 0 else { return answer([]) }
        let offset = request.since?.offset
        let range: PastRange =
            request.reverse
            ? .before(offset ?? channel.position + 1, limit: limit) : .after(offset ?? 0, limit: limit)
        // What all have been told does not change any more; beyond it somebody may ask for what they have just said.
        if range.isWithin(channel.position) {
            channel.readPage(range, then: answer)
        } else {
            channel.readLog(range, then: answer)
        }
    }

    func presence(_ id: UInt32, _ name: String, onlyStats: Bool) {
        guard let caller, let subscription = subscription(to: name) else {
            return refuse(id, ProtocolError(.permissionDenied))
        }
        guard subscription.hasPresence else {
            let isOffered = subscription.channel.namespace.allowsPresence
            return refuse(id, ProtocolError(isOffered ? .permissionDenied : .notAvailable))
        }
        let key = ChannelKey(institution: caller.institution, name: name)
        loop.hub.gather(on: loop.loop) {
            $0.infos(of: key)
        } then: { [self] shares in
            let everyone = shares.flatMap { $0 }
            guard onlyStats else { return reply(id, .presence(everyone)) }
            let users = Set(everyone.map(\.user)).count
            reply(
                id, .presenceStats(clients: UInt32(clamping: everyone.count), users: UInt32(clamping: users)))
        }
    }
}
