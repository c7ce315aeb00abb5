import JSON
import LiveProtobuf

/// Commands as the binary form has them; what is missing or wrong is complained about as in the JSON form.
extension CommandEnvelope {
    init(_ message: ProtoCommand) {
        self.init()
        id = message.id
        var count = 0
        func found(_ name: String, _ given: Bool, _ make: () -> Command.Kind) {
            guard given else { return }
            count += 1
            if count == 2 { complain(name, .other("is a second command in one object")) }
            kind = make()
            isEmpty = false
        }
        found("connect", message.hasConnect) { .connect(connect(message.connect)) }
        found("subscribe", message.hasSubscribe) {
            need("subscribe.channel", message.subscribe.channel)
            return .subscribe(subscribe(message.subscribe, at: "subscribe"))
        }
        found("unsubscribe", message.hasUnsubscribe) {
            .unsubscribe(channel: need("unsubscribe.channel", message.unsubscribe.channel))
        }
        found("publish", message.hasPublish) {
            let channel = need("publish.channel", message.publish.channel)
            if message.publish.data.isEmpty { complain("publish.data", .missing) }
            return .publish(channel: channel, data: Payload(Array(message.publish.data)))
        }
        found("presence", message.hasPresence) {
            .presence(channel: need("presence.channel", message.presence.channel))
        }
        found("presence_stats", message.hasPresenceStats) {
            .presenceStats(channel: need("presence_stats.channel", message.presenceStats.channel))
        }
        found("history", message.hasHistory) { .history(history(message.history)) }
        found("ping", message.hasPing) { .ping }
        found("send", message.hasSend) {
            isSend = true
            if message.send.data.isEmpty { complain("send.data", .missing) }
            return .send(data: json("send.data", Array(message.send.data)) ?? .null)
        }
        found("rpc", message.hasRpc) {
            let data = json("rpc.data", Array(message.rpc.data)) ?? .null
            return .rpc(RPCRequest(method: message.rpc.method, data: data))
        }
        found("refresh", message.hasRefresh) { .refresh(token: message.refresh.token) }
        found("sub_refresh", message.hasSubRefresh) {
            .subRefresh(
                channel: need("sub_refresh.channel", message.subRefresh.channel),
                token: message.subRefresh.token)
        }
    }

    /// Remembers what is wrong, unless something was wrong before.
    private mutating func complain(_ field: String, _ what: FieldError.Problem) {
        if problem == nil { problem = FieldError(field: field, problem: what) }
    }

    @discardableResult
    private mutating func need(_ field: String, _ value: String) -> String {
        if value.isEmpty { complain(field, .missing) }
        return value
    }

    /// Data that Cohort itself reads is JSON; nothing at all is none.
    private mutating func json(_ field: String, _ bytes: [UInt8]) -> RawJSON? {
        if bytes.isEmpty { return nil }
        if let json = try? RawJSON(validating: bytes) { return json }
        complain(field, .wrongKind(wanted: "JSON"))
        return nil
    }

    private mutating func connect(_ message: ProtoConnectRequest) -> ConnectRequest {
        var request = ConnectRequest()
        (request.token, request.name, request.version) = (message.token, message.name, message.version)
        request.data = json("connect.data", Array(message.data))
        (request.headers, request.flag) = (message.headers, message.flag)
        for (channel, sub) in message.subs {
            var one = subscribe(sub, at: "connect.subs.\(channel)")
            one.channel = channel
            request.subs[channel] = one
        }
        return request
    }

    private mutating func subscribe(_ message: ProtoSubscribeRequest, at field: String) -> SubscribeRequest {
        var request = SubscribeRequest()
        (request.channel, request.token) = (message.channel, message.token)
        (request.recover, request.epoch, request.offset) = (message.recover, message.epoch, message.offset)
        request.data = json("\(field).data", Array(message.data))
        (request.positioned, request.recoverable) = (message.positioned, message.recoverable)
        (request.joinLeave, request.delta, request.flag) = (message.joinLeave, message.delta, message.flag)
        if message.hasTf { request.tagsFilter = RawJSON { $0.filter(message.tf) } }
        return request
    }

    private mutating func history(_ message: ProtoHistoryRequest) -> HistoryRequest {
        var request = HistoryRequest()
        request.channel = need("history.channel", message.channel)
        (request.limit, request.reverse) = (message.limit, message.reverse)
        if message.hasSince {
            request.since = StreamPosition(offset: message.since.offset, epoch: message.since.epoch)
        }
        return request
    }
}

extension JSONWriter {
    /// A filter as a JSON client writes it.
    fileprivate mutating func filter(_ node: ProtoFilterNode) {
        object { writer in
            writer.nonempty("op", node.op)
            writer.nonempty("key", node.key)
            writer.nonempty("cmp", node.cmp)
            writer.nonempty("val", node.val)
            if !node.vals.isEmpty { writer.array("vals", of: node.vals) { $0.string($1) } }
            if !node.nodes.isEmpty { writer.array("nodes", of: node.nodes) { $0.filter($1) } }
        }
    }
}
