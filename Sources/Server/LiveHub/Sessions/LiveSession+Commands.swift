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

    /// Answers with a part of a channel's past, then calls `done`.
    func history(_ id: UInt32, _ request: HistoryRequest, then done: @escaping () -> Void) {
        let answer: (Result<HistoryResult, ProtocolError>) -> Void = { [self] in
            switch $0 {
            case .success(let result): reply(id, .history(result))
            case .failure(let error): refuse(id, error)
            }
            done()
        }
        guard let subscription = subscription(to: request.channel) else {
            return answer(.failure(ProtocolError(.permissionDenied)))
        }
        let channel = subscription.channel
        guard channel.namespace.kind != .ephemeral else {
            return answer(.failure(ProtocolError(.notAvailable)))
        }
        guard channel.namespace.allowsHistory else {
            return answer(.failure(ProtocolError(.permissionDenied)))
        }
        let limit = request.limit < 0 ? 1000 : min(1000, Int(request.limit))
        if channel.namespace.isLog {
            logHistory(channel, request, limit: limit, then: answer)
        } else {
            streamHistory(channel, request, limit: limit, then: answer)
        }
    }

    private func streamHistory(
        _ channel: LocalChannel, _ request: HistoryRequest, limit: Int,
        then answer: @escaping (Result<HistoryResult, ProtocolError>) -> Void
    ) {
        loop.hub.broker.history(
            of: channel.key, since: request.since?.offset, limit: limit, reverse: request.reverse,
            loop: loop.loop
        ) { [self] history in
            guard let history else { return answer(.failure(ProtocolError(.internal))) }
            let position = history.position
            if let since = request.since, !since.epoch.isEmpty, since.epoch != position.epoch {
                return answer(.failure(ProtocolError(.unrecoverablePosition)))
            }
            let found = history.publications.prefix(bytes: loop.settings.historyBytes)
            answer(.success(historyResult(found, at: position)))
        }
    }

    private func logHistory(
        _ channel: LocalChannel, _ request: HistoryRequest, limit: Int,
        then answer: @escaping (Result<HistoryResult, ProtocolError>) -> Void
    ) {
        let epoch = loop.hub.logEpoch
        if let since = request.since, since.epoch != epoch {
            return answer(.failure(ProtocolError(.unrecoverablePosition)))
        }
        let then: ([ChannelPublication]?) -> Void = { [self] found in
            guard let found else { return answer(.failure(ProtocolError(.internal))) }
            let position = StreamPosition(offset: channel.position, epoch: epoch)
            answer(.success(historyResult(found[...], at: position)))
        }
        guard limit > 0 else { return then([]) }
        let (offset, bytes) = (request.since?.offset, loop.settings.historyBytes)
        let range: PastRange =
            request.reverse
            ? .before(offset ?? channel.position + 1, limit: limit, bytes: bytes)
            : .after(offset ?? 0, limit: limit, bytes: bytes)
        // What all have been told does not change any more; beyond it somebody may ask for what they have just said.
        if range.isWithin(channel.position) {
            channel.readPage(range, then: then)
        } else {
            channel.readLog(range, then: then)
        }
    }

    private func historyResult(
        _ found: ArraySlice<ChannelPublication>, at position: StreamPosition
    ) -> HistoryResult {
        HistoryResult(
            publications: found.map(\.publication), epoch: position.epoch, offset: position.offset)
    }

    /// Answers with who is there, or how many, then calls `done`.
    func presence(_ id: UInt32, _ name: String, onlyStats: Bool, then done: @escaping () -> Void) {
        guard let subscription = subscription(to: name), subscription.hasPresence else {
            let isOffered = subscription(to: name)?.channel.namespace.allowsPresence ?? true
            refuse(id, ProtocolError(isOffered ? .permissionDenied : .notAvailable))
            return done()
        }
        let key = subscription.channel.key
        loop.hub.gather(on: loop.loop) {
            $0.infos(of: key)
        } then: { [self] shares in
            defer { done() }
            let everyone = shares.flatMap { $0 }
            guard onlyStats else { return reply(id, .presence(everyone)) }
            let users = Set(everyone.map(\.user)).count
            reply(
                id, .presenceStats(clients: UInt32(clamping: everyone.count), users: UInt32(clamping: users)))
        }
    }
}
