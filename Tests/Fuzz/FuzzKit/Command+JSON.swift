import JSON
package import LiveProtocol

extension Command {
    /// The command as a client of the JSON form writes it; bytes that are no JSON cannot be said: `nil`.
    package var json: [UInt8]? {
        if case .publish(_, .binary) = kind { return nil }
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes) { writer in
            writer.object { writer in
                if id != 0 { writer.member("id", UInt64(id)) }
                Command.write(kind, to: &writer)
            }
        }
        return bytes
    }

    private static func write(_ kind: Kind, to writer: inout JSONWriter) {
        switch kind {
        case .pong: break
        case .connect(let request): writer.object("connect") { write(request, to: &$0) }
        case .subscribe(let request):
            writer.object("subscribe") { writer in
                writer.member("channel", request.channel)
                write(request, to: &writer)
            }
        case .unsubscribe(let channel): writer.object("unsubscribe") { $0.member("channel", channel) }
        case .publish(let channel, let data):
            writer.object("publish") { writer in
                writer.member("channel", channel)
                writer.member("data", data.json ?? .null)
            }
        case .presence(let channel): writer.object("presence") { $0.member("channel", channel) }
        case .presenceStats(let channel): writer.object("presence_stats") { $0.member("channel", channel) }
        case .history(let request): writer.object("history") { write(request, to: &$0) }
        case .ping: writer.object("ping") { _ in }
        case .send(let data): writer.object("send") { $0.member("data", data) }
        case .rpc(let request):
            writer.object("rpc") { writer in
                writer.member("method", request.method)
                writer.member("data", request.data)
            }
        case .refresh(let token): writer.object("refresh") { $0.member("token", token) }
        case .subRefresh(let channel, let token):
            writer.object("sub_refresh") { writer in
                writer.member("channel", channel)
                writer.member("token", token)
            }
        }
    }

    private static func write(_ request: ConnectRequest, to writer: inout JSONWriter) {
        writer.member("token", request.token)
        writer.member("data", request.data)
        writer.object("subs") { writer in
            for (channel, sub) in request.subs { writer.object(channel) { write(sub, to: &$0) } }
        }
        writer.member("name", request.name)
        writer.member("version", request.version)
        writer.object("headers") { writer in
            for (name, value) in request.headers { writer.member(name, value) }
        }
        writer.member("flag", request.flag)
    }

    private static func write(_ request: SubscribeRequest, to writer: inout JSONWriter) {
        writer.member("token", request.token)
        writer.member("recover", request.recover)
        writer.member("epoch", request.epoch)
        writer.member("offset", request.offset)
        writer.member("data", request.data)
        writer.member("positioned", request.positioned)
        writer.member("recoverable", request.recoverable)
        writer.member("join_leave", request.joinLeave)
        writer.member("delta", request.delta)
        writer.member("tf", request.tagsFilter)
        writer.member("flag", request.flag)
    }

    private static func write(_ request: HistoryRequest, to writer: inout JSONWriter) {
        writer.member("channel", request.channel)
        writer.member("limit", Int64(request.limit))
        if let since = request.since {
            writer.object("since") { writer in
                writer.member("offset", since.offset)
                writer.member("epoch", since.epoch)
            }
        }
        writer.member("reverse", request.reverse)
    }
}
