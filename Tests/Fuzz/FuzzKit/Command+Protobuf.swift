import Foundation
import JSON
import LiveProtobuf
package import LiveProtocol
import SwiftProtobuf

extension Command {
    /// The command as a client of the binary form writes it, behind its length.
    ///
    /// A filter is left out: the binary form has no place for members that mean nothing.
    package var protobuf: [UInt8] {
        var message = ProtoCommand()
        message.id = id
        Command.fill(&message, kind)
        guard var body: [UInt8] = try? message.serializedBytes() else {
            fatalError("a command cannot be written")
        }
        var length = body.count
        var prefix: [UInt8] = []
        while length >= 0x80 {
            prefix.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        prefix.append(UInt8(length))
        body.insert(contentsOf: prefix, at: 0)
        return body
    }

    private static func fill(_ message: inout ProtoCommand, _ kind: Kind) {
        switch kind {
        case .pong: break
        case .connect(let request): message.connect = ProtoConnectRequest(request)
        case .subscribe(let request): message.subscribe = ProtoSubscribeRequest(request)
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
            (message.rpc.method, message.rpc.data) = (request.method, Data(request.data.bytes))
        case .refresh(let token): message.refresh.token = token
        case .subRefresh(let channel, let token):
            (message.subRefresh.channel, message.subRefresh.token) = (channel, token)
        }
    }

    /// The command without what one of the forms cannot say: a filter, and `null` where nothing means the same.
    package var plain: Command {
        switch kind {
        case .connect(var request):
            if request.data == .null { request.data = nil }
            request.subs = request.subs.mapValues(Command.plain)
            return Command(id: id, .connect(request))
        case .subscribe(let request): return Command(id: id, .subscribe(Command.plain(request)))
        default: return self
        }
    }

    private static func plain(_ request: SubscribeRequest) -> SubscribeRequest {
        var request = request
        request.tagsFilter = nil
        if request.data == .null { request.data = nil }
        return request
    }
}

extension ProtoConnectRequest {
    fileprivate init(_ request: ConnectRequest) {
        self.init()
        (token, name, version) = (request.token, request.name, request.version)
        data = request.data.map { Data($0.bytes) } ?? Data()
        (headers, flag) = (request.headers, request.flag)
        subs = request.subs.mapValues { sub in
            var place = ProtoSubscribeRequest(sub)
            place.channel = ""
            return place
        }
    }
}

extension ProtoSubscribeRequest {
    fileprivate init(_ request: SubscribeRequest) {
        self.init()
        (channel, token) = (request.channel, request.token)
        (recover, epoch, offset) = (request.recover, request.epoch, request.offset)
        data = request.data.map { Data($0.bytes) } ?? Data()
        (positioned, recoverable) = (request.positioned, request.recoverable)
        (joinLeave, delta, flag) = (request.joinLeave, request.delta, request.flag)
    }
}
