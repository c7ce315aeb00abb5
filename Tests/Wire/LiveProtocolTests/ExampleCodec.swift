import JSON
import LiveProtocol
import Testing

// The other halves of the server's codec, for tests: commands are written, replies and pushes are read.

/// A command as a client writes it.
func written(_ command: Command) -> JSONValue {
    var object = JSONObject()
    if command.id != 0 { object.set("id", .int(Int64(command.id))) }
    if let (name, parameters) = parameters(of: command.kind) { object.set(name, .object(parameters)) }
    return .object(object)
}

private func parameters(of kind: Command.Kind) -> (String, JSONObject)? {
    var object = JSONObject()
    switch kind {
    case .pong: return nil
    case .connect(let request):
        object.put("token", request.token)
        object.put("data", request.data)
        object.put("name", request.name)
        object.put("version", request.version)
        object.put("flag", request.flag)
        object.put("headers", request.headers.mapValues(JSONValue.string))
        object.put("subs", request.subs.mapValues { .object(subscription($0, channel: "")) })
        return ("connect", object)
    case .subscribe(let request): return ("subscribe", subscription(request, channel: request.channel))
    case .unsubscribe(let channel):
        object.put("channel", channel)
        return ("unsubscribe", object)
    case .publish(let channel, let data):
        object.put("channel", channel)
        object.put("data", data.json)
        return ("publish", object)
    case .presence(let channel):
        object.put("channel", channel)
        return ("presence", object)
    case .presenceStats(let channel):
        object.put("channel", channel)
        return ("presence_stats", object)
    case .history(let request):
        object.put("channel", request.channel)
        object.put("limit", Int64(request.limit))
        object.put("reverse", request.reverse)
        if let since = request.since {
            object.set("since", ["offset": .int(Int64(since.offset)), "epoch": .string(since.epoch)])
        }
        return ("history", object)
    case .ping: return ("ping", object)
    case .send(let data):
        object.put("data", data)
        return ("send", object)
    case .rpc(let request):
        object.put("method", request.method)
        object.put("data", request.data)
        return ("rpc", object)
    case .refresh(let token):
        object.put("token", token)
        return ("refresh", object)
    case .subRefresh(let channel, let token):
        object.put("channel", channel)
        object.put("token", token)
        return ("sub_refresh", object)
    }
}

private func subscription(_ request: SubscribeRequest, channel: String) -> JSONObject {
    var object = JSONObject()
    object.put("channel", channel)
    object.put("token", request.token)
    object.put("recover", request.recover)
    object.put("epoch", request.epoch)
    object.put("offset", Int64(request.offset))
    object.put("data", request.data)
    object.put("positioned", request.positioned)
    object.put("recoverable", request.recoverable)
    object.put("join_leave", request.joinLeave)
    object.put("delta", request.delta)
    object.put("tf", request.tagsFilter)
    object.put("flag", request.flag)
    return object
}

/// Members whose default value is left out.
extension JSONObject {
    fileprivate mutating func put(_ name: String, _ value: String) {
        if !value.isEmpty { set(name, .string(value)) }
    }
    fileprivate mutating func put(_ name: String, _ value: Bool) { if value { set(name, .bool(true)) } }
    fileprivate mutating func put(_ name: String, _ value: Int64) { if value != 0 { set(name, .int(value)) } }
    fileprivate mutating func put(_ name: String, _ value: RawJSON?) {
        if let value, let read = try? JSONReader.read(value) { set(name, read) }
    }

    fileprivate mutating func put(_ name: String, _ value: [String: JSONValue]) {
        guard !value.isEmpty else { return }
        var object = JSONObject()
        for (name, value) in value { object.set(name, value) }
        set(name, .object(object))
    }
}

// MARK: - What the server sends

func readReply(_ frame: JSONValue) throws -> Reply {
    let members = try #require(frame.object?.members)
    let id = UInt32(try #require(frame["id"]?.int))
    let member = try #require(members.first { $0.name != "id" })
    #expect(members.count == 2)
    return Reply(id: id, try readResult(member.name, member.value))
}

private func readResult(_ name: String, _ value: JSONValue) throws -> Reply.Result {
    switch name {
    case "error":
        return .error(
            ProtocolError(
                ProtocolErrorCode(rawValue: UInt32(try #require(value["code"]?.int))),
                message: try #require(value["message"]?.string),
                isTemporary: try #require(value["temporary"]?.bool as Bool?)))
    case "connect": return .connect(readConnect(value))
    case "subscribe": return .subscribe(readSubscribe(value))
    case "unsubscribe": return .unsubscribe
    case "publish": return .publish
    case "presence":
        return .presence(try #require(value["presence"]?.object?.members.map { readInfo($0.value) }))
    case "presence_stats":
        return .presenceStats(clients: value.number("num_clients"), users: value.number("num_users"))
    case "history":
        return .history(
            HistoryResult(
                publications: (value["publications"]?.array ?? []).map(readPublication),
                epoch: value.text("epoch"), offset: value.number("offset")))
    case "ping": return .ping
    case "rpc": return .rpc(value["data"].map { RawJSON($0) })
    case "refresh": return .refresh(readRefresh(value))
    case "sub_refresh": return .subRefresh(readRefresh(value))
    default:
        Issue.record("no such reply: \(name)")
        return .ping
    }
}

func readPush(_ value: JSONValue) throws -> Push {
    let member = try #require(value.object?.members.first { $0.name != "channel" })
    return Push(channel: value.text("channel"), try readEvent(member.name, member.value))
}

private func readEvent(_ name: String, _ value: JSONValue) throws -> Push.Event {
    switch name {
    case "pub": return .publication(readPublication(value))
    case "join": return .join(readInfo(try #require(value["info"])))
    case "leave": return .leave(readInfo(try #require(value["info"])))
    case "unsubscribe":
        return .unsubscribe(UnsubscribeCode(rawValue: value.number("code")), reason: value.text("reason"))
    case "message": return .message(RawJSON(try #require(value["data"])))
    case "subscribe": return .subscribe(readSubscribe(value))
    case "connect": return .connect(readConnect(value))
    case "disconnect":
        return .disconnect(
            Disconnect(DisconnectCode(rawValue: value.number("code")), reason: value.text("reason")))
    case "refresh": return .refresh(readRefresh(value))
    default:
        Issue.record("no such push: \(name)")
        return .message(.null)
    }
}

private func readConnect(_ value: JSONValue) -> ConnectResult {
    var result = ConnectResult()
    (result.client, result.version) = (value.text("client"), value.text("version"))
    result.expiresAfter = value.expiry
    result.data = value["data"].map { RawJSON($0) }
    for member in value["subs"]?.object?.members ?? [] {
        result.subs[member.name] = readSubscribe(member.value)
    }
    (result.ping, result.pong) = (value.number("ping"), value["pong"]?.bool ?? false)
    (result.session, result.node, result.time) = (
        value.text("session"), value.text("node"), value.number("time")
    )
    return result
}

private func readSubscribe(_ value: JSONValue) -> SubscribeResult {
    var result = SubscribeResult()
    result.expiresAfter = value.expiry
    result.recoverable = value["recoverable"]?.bool ?? false
    (result.epoch, result.offset) = (value.text("epoch"), value.number("offset"))
    result.positioned = value["positioned"]?.bool ?? false
    result.recovered = value["recovered"]?.bool ?? false
    result.wasRecovering = value["was_recovering"]?.bool ?? false
    result.delta = value["delta"]?.bool ?? false
    result.publications = (value["publications"]?.array ?? []).map(readPublication)
    result.data = value["data"].map { RawJSON($0) }
    return result
}

private func readPublication(_ value: JSONValue) -> Publication {
    var tags: [String: String] = [:]
    for member in value["tags"]?.object?.members ?? [] { tags[member.name] = member.value.string }
    return Publication(
        data: RawJSON(value["data"] ?? .null), offset: value.number("offset"),
        info: value["info"].map(readInfo),
        tags: tags, delta: value["delta"]?.bool ?? false, time: value.number("time"))
}

private func readInfo(_ value: JSONValue) -> ClientInfo {
    ClientInfo(
        user: value.text("user"), client: value.text("client"),
        connectionInfo: value["conn_info"].map { RawJSON($0) },
        channelInfo: value["chan_info"].map { RawJSON($0) })
}

private func readRefresh(_ value: JSONValue) -> RefreshResult {
    RefreshResult(client: value.text("client"), version: value.text("version"), expiresAfter: value.expiry)
}

extension JSONValue {
    fileprivate func text(_ name: String) -> String { self[name]?.string ?? "" }

    fileprivate func number<Integer: FixedWidthInteger>(_ name: String) -> Integer {
        self[name]?.int.map { Integer($0) } ?? 0
    }

    fileprivate var expiry: UInt32? { self["expires"]?.bool == true ? number("ttl") : nil }
}
