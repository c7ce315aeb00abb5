import Foundation
import JSON
import LiveProtobuf
import LiveProtocol
import SwiftProtobuf

/// Commands as a client of the binary form would send them.
func binary(_ command: Command) -> ProtoCommand {
    var message = ProtoCommand()
    message.id = command.id
    switch command.kind {
    case .pong: break
    case .connect(let request):
        message.connect.token = request.token
        message.connect.data = Data(request.data?.bytes ?? [])
        message.connect.subs = request.subs.mapValues { binary($0) }
        (message.connect.name, message.connect.version) = (request.name, request.version)
        (message.connect.headers, message.connect.flag) = (request.headers, request.flag)
        if request == ConnectRequest() { message.connect = ProtoConnectRequest() }
    case .subscribe(let request): message.subscribe = binary(request)
    case .unsubscribe(let channel): message.unsubscribe.channel = channel
    case .publish(let channel, let data):
        message.publish.channel = channel
        message.publish.data = Data(data.bytes)
    case .presence(let channel): message.presence.channel = channel
    case .presenceStats(let channel): message.presenceStats.channel = channel
    case .history(let request):
        message.history.channel = request.channel
        (message.history.limit, message.history.reverse) = (request.limit, request.reverse)
        if let since = request.since {
            (message.history.since.offset, message.history.since.epoch) = (since.offset, since.epoch)
        }
    case .ping: message.ping = ProtoPingRequest()
    case .send(let data): message.send.data = Data(data.bytes)
    case .rpc(let request):
        message.rpc.method = request.method
        message.rpc.data = Data(request.data.bytes)
    case .refresh(let token): message.refresh.token = token
    case .subRefresh(let channel, let token):
        (message.subRefresh.channel, message.subRefresh.token) = (channel, token)
    }
    return message
}

private func binary(_ request: SubscribeRequest) -> ProtoSubscribeRequest {
    var message = ProtoSubscribeRequest()
    (message.channel, message.token, message.recover) = (request.channel, request.token, request.recover)
    (message.epoch, message.offset) = (request.epoch, request.offset)
    message.data = Data(request.data?.bytes ?? [])
    (message.positioned, message.recoverable) = (request.positioned, request.recoverable)
    (message.joinLeave, message.delta, message.flag) = (request.joinLeave, request.delta, request.flag)
    if let filter = request.tagsFilter, let value = try? JSONReader.read(filter) {
        message.tf = node(value)
    }
    return message
}

private func node(_ value: JSONValue) -> ProtoFilterNode {
    var node = ProtoFilterNode()
    (node.op, node.key) = (value["op"]?.string ?? "", value["key"]?.string ?? "")
    (node.cmp, node.val) = (value["cmp"]?.string ?? "", value["val"]?.string ?? "")
    node.vals = value["vals"]?.array?.compactMap(\.string) ?? []
    node.nodes = value["nodes"]?.array?.map(LiveProtocolTests.node) ?? []
    return node
}

/// What a client of the binary form understands of a message, in the words of the JSON form.
func understood(_ message: ProtoReply) -> JSONValue {
    var object = JSONObject()
    if message.id != 0 { object.set("id", .int(Int64(message.id))) }
    if message.hasPush {
        var push = JSONObject()
        push.text("channel", message.push.channel)
        event(of: message.push, into: &push)
        object.set("push", .object(push))
    } else {
        result(of: message, into: &object)
    }
    return .object(object)
}

private func result(of message: ProtoReply, into object: inout JSONObject) {
    if message.hasError {
        object.set(
            "error",
            [
                "code": .int(Int64(message.error.code)), "message": .string(message.error.message),
                "temporary": .bool(message.error.temporary),
            ])
    }
    if message.hasConnect {
        let it = message.connect
        object.set(
            "connect",
            connect(
                it.client, it.version, it.expires, it.ttl, it.data, it.subs, it.ping, it.pong, it.session,
                it.node, it.time))
    }
    if message.hasSubscribe { object.set("subscribe", subscribe(message.subscribe)) }
    if message.hasUnsubscribe { object.set("unsubscribe", [:]) }
    if message.hasPublish { object.set("publish", [:]) }
    if message.hasPresence {
        var all = JSONObject()
        for (client, info) in message.presence.presence.sorted(by: { $0.key < $1.key }) {
            all.set(client, LiveProtocolTests.info(info))
        }
        object.set("presence", ["presence": .object(all)])
    }
    if message.hasPresenceStats {
        var stats = JSONObject()
        stats.number("num_clients", message.presenceStats.numClients)
        stats.number("num_users", message.presenceStats.numUsers)
        object.set("presence_stats", .object(stats))
    }
    if message.hasHistory {
        var history = JSONObject()
        history.publications(message.history.publications)
        history.text("epoch", message.history.epoch)
        history.number("offset", message.history.offset)
        object.set("history", .object(history))
    }
    if message.hasPing { object.set("ping", [:]) }
    if message.hasRpc {
        var rpc = JSONObject()
        rpc.data("data", message.rpc.data)
        object.set("rpc", .object(rpc))
    }
    if message.hasRefresh {
        var refresh = JSONObject()
        refresh.text("client", message.refresh.client)
        refresh.text("version", message.refresh.version)
        refresh.expiry(message.refresh.expires, message.refresh.ttl)
        object.set("refresh", .object(refresh))
    }
    if message.hasSubRefresh {
        var refresh = JSONObject()
        refresh.expiry(message.subRefresh.expires, message.subRefresh.ttl)
        object.set("sub_refresh", .object(refresh))
    }
}

private func event(of push: ProtoPush, into object: inout JSONObject) {
    if push.hasPub { object.set("pub", publication(push.pub)) }
    if push.hasJoin { object.set("join", ["info": info(push.join.info)]) }
    if push.hasLeave { object.set("leave", ["info": info(push.leave.info)]) }
    if push.hasUnsubscribe {
        var it = JSONObject()
        it.number("code", push.unsubscribe.code)
        it.text("reason", push.unsubscribe.reason)
        object.set("unsubscribe", .object(it))
    }
    if push.hasMessage {
        var it = JSONObject()
        it.data("data", push.message.data)
        object.set("message", .object(it))
    }
    if push.hasSubscribe {
        var result = ProtoSubscribeResult()
        (result.recoverable, result.positioned) = (push.subscribe.recoverable, push.subscribe.positioned)
        (result.epoch, result.offset) = (push.subscribe.epoch, push.subscribe.offset)
        result.data = push.subscribe.data
        object.set("subscribe", subscribe(result))
    }
    if push.hasConnect {
        let it = push.connect
        object.set(
            "connect",
            connect(
                it.client, it.version, it.expires, it.ttl, it.data, it.subs, it.ping, it.pong, it.session,
                it.node, it.time))
    }
    if push.hasDisconnect {
        var it = JSONObject()
        it.number("code", push.disconnect.code)
        it.text("reason", push.disconnect.reason)
        it.yes("reconnect", push.disconnect.reconnect)
        object.set("disconnect", .object(it))
    }
    if push.hasRefresh {
        var it = JSONObject()
        it.expiry(push.refresh.expires, push.refresh.ttl)
        object.set("refresh", .object(it))
    }
}

private func connect(
    _ client: String, _ version: String, _ expires: Bool, _ ttl: UInt32, _ data: Data,
    _ subs: [String: ProtoSubscribeResult], _ ping: UInt32, _ pong: Bool, _ session: String, _ node: String,
    _ time: Int64
) -> JSONValue {
    var object = JSONObject()
    object.text("client", client)
    object.text("version", version)
    object.expiry(expires, ttl)
    object.data("data", data)
    if !subs.isEmpty {
        var all = JSONObject()
        for (channel, sub) in subs.sorted(by: { $0.key < $1.key }) { all.set(channel, subscribe(sub)) }
        object.set("subs", .object(all))
    }
    object.number("ping", ping)
    object.yes("pong", pong)
    object.text("session", session)
    object.text("node", node)
    object.number("time", time)
    return .object(object)
}

private func subscribe(_ result: ProtoSubscribeResult) -> JSONValue {
    var object = JSONObject()
    object.expiry(result.expires, result.ttl)
    object.yes("recoverable", result.recoverable)
    object.text("epoch", result.epoch)
    object.publications(result.publications)
    object.yes("recovered", result.recovered)
    object.number("offset", result.offset)
    object.yes("positioned", result.positioned)
    object.data("data", result.data)
    object.yes("was_recovering", result.wasRecovering)
    object.yes("delta", result.delta)
    return .object(object)
}

private func publication(_ publication: ProtoPublication) -> JSONValue {
    var object = JSONObject()
    object.data("data", publication.data)
    if publication.hasInfo { object.set("info", info(publication.info)) }
    object.number("offset", publication.offset)
    if !publication.tags.isEmpty {
        var tags = JSONObject()
        for (name, value) in publication.tags.sorted(by: { $0.key < $1.key }) {
            tags.set(name, .string(value))
        }
        object.set("tags", .object(tags))
    }
    object.yes("delta", publication.delta)
    object.number("time", publication.time)
    return .object(object)
}

private func info(_ info: ProtoClientInfo) -> JSONValue {
    var object = JSONObject()
    object.text("user", info.user)
    object.text("client", info.client)
    object.data("conn_info", info.connInfo)
    object.data("chan_info", info.chanInfo)
    return .object(object)
}

extension JSONObject {
    fileprivate mutating func text(_ name: String, _ value: String) {
        if !value.isEmpty { set(name, .string(value)) }
    }
    fileprivate mutating func yes(_ name: String, _ value: Bool) { if value { set(name, .bool(true)) } }
    fileprivate mutating func number(_ name: String, _ value: some BinaryInteger) {
        if value != 0 { set(name, .int(Int64(value))) }
    }
    fileprivate mutating func data(_ name: String, _ value: Data) {
        if !value.isEmpty, let read = try? JSONReader.read([UInt8](value)) { set(name, read) }
    }
    fileprivate mutating func expiry(_ expires: Bool, _ ttl: UInt32) {
        guard expires else { return }
        set("expires", .bool(true))
        set("ttl", .int(Int64(ttl)))
    }
    fileprivate mutating func publications(_ all: [ProtoPublication]) {
        if !all.isEmpty { set("publications", .array(all.map { publication($0) })) }
    }
}
