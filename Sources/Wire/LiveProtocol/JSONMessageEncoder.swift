import JSON

/// Writes replies and pushes in the JSON form of the client protocol.
///
/// What has its default value (an offset of 0, `false`, an empty string) is left out, as the protocol has it; only
/// errors always have their three members. The members' order is fixed, so that equal messages are equal bytes.
package enum JSONMessageEncoder {
    /// The ping: an empty reply, which the client answers with an empty command.
    package static let ping: [UInt8] = Array("{}".utf8)

    /// Appends a reply, without a line feed.
    package static func append(_ reply: Reply, to bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.object { writer in
                if reply.id != 0 { writer.member("id", UInt64(reply.id)) }
                write(reply.result, to: &writer)
            }
        }
    }

    /// Appends a push, without a line feed.
    package static func append(_ push: Push, to bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.object { writer in
                writer.object("push") { writer in
                    if !push.channel.isEmpty { writer.member("channel", push.channel) }
                    write(push.event, to: &writer)
                }
            }
        }
    }

    /// A reply as bytes.
    package static func encode(_ reply: Reply) -> [UInt8] {
        var bytes: [UInt8] = []
        append(reply, to: &bytes)
        return bytes
    }

    /// A push as bytes.
    package static func encode(_ push: Push) -> [UInt8] {
        var bytes: [UInt8] = []
        append(push, to: &bytes)
        return bytes
    }

    private static func write(_ result: Reply.Result, to writer: inout JSONWriter) {
        switch result {
        case .error(let error):
            writer.object("error") { writer in
                writer.member("code", UInt64(error.code.rawValue))
                writer.member("message", error.message)
                writer.member("temporary", error.isTemporary)
            }
        case .connect(let result): writer.object("connect") { $0.members(of: result) }
        case .subscribe(let result): writer.object("subscribe") { $0.members(of: result) }
        case .unsubscribe: writer.object("unsubscribe") { _ in }
        case .publish: writer.object("publish") { _ in }
        case .presence(let infos):
            writer.object("presence") { writer in
                writer.object("presence") { writer in
                    for info in infos { writer.object(info.client) { $0.members(of: info) } }
                }
            }
        case .presenceStats(let clients, let users):
            writer.object("presence_stats") { writer in
                writer.nonzero("num_clients", UInt64(clients))
                writer.nonzero("num_users", UInt64(users))
            }
        case .history(let result):
            writer.object("history") { writer in
                writer.publications(result.publications)
                writer.nonempty("epoch", result.epoch)
                writer.nonzero("offset", result.offset)
            }
        case .ping: writer.object("ping") { _ in }
        case .rpc(let data): writer.object("rpc") { $0.member("data", data) }
        case .refresh(let result): writer.object("refresh") { $0.members(of: result) }
        case .subRefresh(let result): writer.object("sub_refresh") { $0.members(of: result) }
        }
    }

    private static func write(_ event: Push.Event, to writer: inout JSONWriter) {
        switch event {
        case .publication(let publication): writer.object("pub") { $0.members(of: publication) }
        case .join(let info):
            writer.object("join") { writer in writer.object("info") { $0.members(of: info) } }
        case .leave(let info):
            writer.object("leave") { writer in writer.object("info") { $0.members(of: info) } }
        case .unsubscribe(let code, let reason):
            writer.object("unsubscribe") { writer in
                writer.nonzero("code", UInt64(code.rawValue))
                writer.nonempty("reason", reason)
            }
        case .message(let data): writer.object("message") { $0.member("data", data) }
        case .subscribe(let result): writer.object("subscribe") { $0.members(of: result) }
        case .connect(let result): writer.object("connect") { $0.members(of: result) }
        case .disconnect(let disconnect):
            writer.object("disconnect") { writer in
                writer.nonzero("code", UInt64(disconnect.code.rawValue))
                writer.nonempty("reason", disconnect.reason)
                writer.set("reconnect", disconnect.code.shouldReconnect)
            }
        case .refresh(let result): writer.object("refresh") { $0.members(of: result) }
        }
    }
}
