import Foundation
import JSON
import LiveProtobuf
import SwiftProtobuf

/// Writes replies and pushes in the binary form of the client protocol, each behind its length.
enum ProtobufMessageEncoder {
    /// The ping: an empty reply.
    static let ping: [UInt8] = [0]

    static func append(_ reply: Reply, to bytes: inout [UInt8]) {
        var message = ProtoReply()
        message.id = reply.id
        switch reply.result {
        case .error(let error):
            message.error.code = error.code.rawValue
            message.error.message = error.message
            message.error.temporary = error.isTemporary
        case .connect(let result): message.connect = ProtoConnectResult(result)
        case .subscribe(let result): message.subscribe = ProtoSubscribeResult(result)
        case .unsubscribe: message.unsubscribe = ProtoUnsubscribeResult()
        case .publish: message.publish = ProtoPublishResult()
        case .presence(let infos):
            message.presence = ProtoPresenceResult()
            for info in infos { message.presence.presence[info.client] = ProtoClientInfo(info) }
        case .presenceStats(let clients, let users):
            message.presenceStats = ProtoPresenceStatsResult()
            (message.presenceStats.numClients, message.presenceStats.numUsers) = (clients, users)
        case .history(let result):
            message.history = ProtoHistoryResult()
            message.history.publications = result.publications.map { ProtoPublication($0) }
            (message.history.epoch, message.history.offset) = (result.epoch, result.offset)
        case .ping: message.ping = ProtoPingResult()
        case .rpc(let data):
            message.rpc = ProtoRPCResult()
            message.rpc.data = Data(data)
        case .refresh(let result):
            message.refresh = ProtoRefreshResult()
            (message.refresh.client, message.refresh.version) = (result.client, result.version)
            (message.refresh.expires, message.refresh.ttl) = expiry(result.expiresAfter)
        case .subRefresh(let result):
            message.subRefresh = ProtoSubRefreshResult()
            (message.subRefresh.expires, message.subRefresh.ttl) = expiry(result.expiresAfter)
        }
        append(message, to: &bytes)
    }

    static func append(_ push: Push, to bytes: inout [UInt8]) {
        var message = ProtoReply()
        message.push.channel = push.channel
        switch push.event {
        case .publication(let publication): message.push.pub = ProtoPublication(publication)
        case .join(let info): message.push.join.info = ProtoClientInfo(info)
        case .leave(let info): message.push.leave.info = ProtoClientInfo(info)
        case .unsubscribe(let code, let reason):
            message.push.unsubscribe.code = code.rawValue
            message.push.unsubscribe.reason = reason
        case .message(let data): message.push.message.data = Data(data)
        case .subscribe(let result): message.push.subscribe = ProtoSubscribe(result)
        case .connect(let result): message.push.connect = ProtoConnect(result)
        case .disconnect(let disconnect):
            message.push.disconnect.code = UInt32(disconnect.code.rawValue)
            message.push.disconnect.reason = disconnect.reason
            message.push.disconnect.reconnect = disconnect.code.shouldReconnect
        case .refresh(let result):
            (message.push.refresh.expires, message.push.refresh.ttl) = expiry(result.expiresAfter)
        }
        append(message, to: &bytes)
    }

    /// Clients expect `ttl` wherever `expires` is true.
    static func expiry(_ seconds: UInt32?) -> (Bool, UInt32) { (seconds != nil, seconds ?? 0) }

    private static func append(_ message: ProtoReply, to bytes: inout [UInt8]) {
        // A message of these fields always serializes: there are no required ones and no strings that are not UTF-8.
        guard let body: [UInt8] = try? message.serializedBytes() else { return }
        var length = body.count
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes += body
    }
}

// MARK: What several messages have in common

extension Data {
    fileprivate init(_ json: RawJSON?) { self = json.map { Data($0.bytes) } ?? Data() }
}

extension ProtoConnectResult {
    fileprivate init(_ result: ConnectResult) {
        self.init()
        (client, version, data) = (result.client, result.version, Data(result.data))
        (expires, ttl) = ProtobufMessageEncoder.expiry(result.expiresAfter)
        subs = result.subs.mapValues { ProtoSubscribeResult($0) }
        (ping, pong, session, node, time) = (
            result.ping, result.pong, result.session, result.node, result.time
        )
    }
}

extension ProtoConnect {
    fileprivate init(_ result: ConnectResult) {
        self.init()
        (client, version, data) = (result.client, result.version, Data(result.data))
        (expires, ttl) = ProtobufMessageEncoder.expiry(result.expiresAfter)
        subs = result.subs.mapValues { ProtoSubscribeResult($0) }
        (ping, pong, session, node, time) = (
            result.ping, result.pong, result.session, result.node, result.time
        )
    }
}

extension ProtoSubscribeResult {
    fileprivate init(_ result: SubscribeResult) {
        self.init()
        (expires, ttl) = ProtobufMessageEncoder.expiry(result.expiresAfter)
        (recoverable, positioned, epoch, offset) = (
            result.recoverable, result.positioned, result.epoch, result.offset
        )
        (recovered, wasRecovering, delta) = (result.recovered, result.wasRecovering, result.delta)
        publications = result.publications.map { ProtoPublication($0) }
        data = Data(result.data)
    }
}

extension ProtoSubscribe {
    fileprivate init(_ result: SubscribeResult) {
        self.init()
        (recoverable, positioned, epoch, offset) = (
            result.recoverable, result.positioned, result.epoch, result.offset
        )
        data = Data(result.data)
    }
}

extension ProtoPublication {
    fileprivate init(_ publication: Publication) {
        self.init()
        data = Data(publication.data.bytes)
        if let from = publication.info { info = ProtoClientInfo(from) }
        (offset, tags, delta, time) = (
            publication.offset, publication.tags, publication.delta, publication.time
        )
    }
}

extension ProtoClientInfo {
    fileprivate init(_ info: ClientInfo) {
        self.init()
        (user, client) = (info.user, info.client)
        (connInfo, chanInfo) = (Data(info.connectionInfo), Data(info.channelInfo))
    }
}
