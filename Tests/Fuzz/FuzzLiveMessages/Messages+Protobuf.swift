import Foundation
import JSON
import LiveProtobuf
import LiveProtocol
import SwiftProtobuf

// What the server would have said, to be read as a given Protobuf message; `nil` for what it never says.

extension Reply {
    init?(_ message: ProtoReply) {
        let result: Result
        if message.hasError {
            result = .error(
                ProtocolError(
                    ProtocolErrorCode(rawValue: message.error.code), message: message.error.message,
                    isTemporary: message.error.temporary))
        } else if message.hasConnect {
            result = .connect(ConnectResult(message.connect))
        } else if message.hasSubscribe {
            result = .subscribe(SubscribeResult(message.subscribe))
        } else if message.hasUnsubscribe {
            result = .unsubscribe
        } else if message.hasPublish {
            result = .publish
        } else if message.hasPresence {
            // Each is told under its connection's name.
            guard message.presence.presence.allSatisfy({ $0 == $1.client }) else { return nil }
            result = .presence(message.presence.presence.values.map(ClientInfo.init))
        } else if message.hasPresenceStats {
            result = .presenceStats(
                clients: message.presenceStats.numClients, users: message.presenceStats.numUsers)
        } else if message.hasHistory {
            result = .history(
                HistoryResult(
                    publications: message.history.publications.map(Publication.init),
                    epoch: message.history.epoch, offset: message.history.offset))
        } else if message.hasPing {
            result = .ping
        } else if message.hasRpc {
            result = .rpc(message.rpc.data.json)
        } else if message.hasRefresh {
            result = .refresh(
                RefreshResult(
                    client: message.refresh.client, version: message.refresh.version,
                    expiresAfter: message.refresh.expires ? message.refresh.ttl : nil))
        } else if message.hasSubRefresh {
            result = .subRefresh(
                RefreshResult(expiresAfter: message.subRefresh.expires ? message.subRefresh.ttl : nil))
        } else {
            return nil
        }
        self.init(id: message.id, result)
    }

    /// The order of who is present means nothing.
    var sorted: Reply {
        guard case .presence(let infos) = result else { return self }
        return Reply(id: id, .presence(infos.sorted { $0.client < $1.client }))
    }
}

extension Push {
    init?(_ message: ProtoPush) {
        let event: Event
        if message.hasPub {
            event = .publication(Publication(message.pub))
        } else if message.hasJoin {
            event = .join(ClientInfo(message.join.info))
        } else if message.hasLeave {
            event = .leave(ClientInfo(message.leave.info))
        } else if message.hasUnsubscribe {
            event = .unsubscribe(
                UnsubscribeCode(rawValue: message.unsubscribe.code), reason: message.unsubscribe.reason)
        } else if message.hasMessage {
            guard let data = message.message.data.json else { return nil }
            event = .message(data)
        } else if message.hasSubscribe {
            var result = SubscribeResult()
            (result.recoverable, result.epoch) = (message.subscribe.recoverable, message.subscribe.epoch)
            (result.offset, result.positioned) = (message.subscribe.offset, message.subscribe.positioned)
            result.data = message.subscribe.data.json
            event = .subscribe(result)
        } else if message.hasConnect {
            event = .connect(ConnectResult(message.connect))
        } else if message.hasDisconnect {
            let disconnect = Disconnect(
                DisconnectCode(rawValue: UInt16(truncatingIfNeeded: message.disconnect.code)),
                reason: message.disconnect.reason)
            event = .disconnect(disconnect)
        } else if message.hasRefresh {
            event = .refresh(RefreshResult(expiresAfter: message.refresh.expires ? message.refresh.ttl : nil))
        } else {
            return nil
        }
        self.init(channel: message.channel, event)
    }
}

extension Data {
    /// The JSON that it is; `nil` for nothing, and for anything else.
    fileprivate var json: RawJSON? { try? RawJSON(validating: Array(self)) }
}

extension ConnectResult {
    fileprivate init(_ message: ProtoConnectResult) {
        self.init()
        (client, version, data) = (message.client, message.version, message.data.json)
        expiresAfter = message.expires ? message.ttl : nil
        subs = message.subs.mapValues { SubscribeResult($0) }
        (ping, pong, session) = (message.ping, message.pong, message.session)
        (node, time) = (message.node, message.time)
    }

    fileprivate init(_ message: ProtoConnect) {
        self.init()
        (client, version, data) = (message.client, message.version, message.data.json)
        expiresAfter = message.expires ? message.ttl : nil
        subs = message.subs.mapValues { SubscribeResult($0) }
        (ping, pong, session) = (message.ping, message.pong, message.session)
        (node, time) = (message.node, message.time)
    }
}

extension SubscribeResult {
    fileprivate init(_ message: ProtoSubscribeResult) {
        self.init()
        expiresAfter = message.expires ? message.ttl : nil
        (recoverable, positioned) = (message.recoverable, message.positioned)
        (epoch, offset) = (message.epoch, message.offset)
        (recovered, wasRecovering, delta) = (message.recovered, message.wasRecovering, message.delta)
        publications = message.publications.map(Publication.init)
        data = message.data.json
    }
}

extension Publication {
    fileprivate init(_ message: ProtoPublication) {
        self.init(
            data: Payload(Array(message.data)), offset: message.offset,
            info: message.hasInfo ? ClientInfo(message.info) : nil, tags: message.tags, delta: message.delta,
            time: message.time)
    }
}

extension ClientInfo {
    fileprivate init(_ message: ProtoClientInfo) {
        self.init(
            user: message.user, client: message.client, connectionInfo: message.connInfo.json,
            channelInfo: message.chanInfo.json)
    }
}
