import Foundation
import JSON

/// The values that several messages have in common; defaults are left out.
extension JSONWriter {
    mutating func nonzero(_ name: String, _ value: UInt64) {
        if value != 0 { member(name, value) }
    }

    mutating func nonempty(_ name: String, _ value: String) {
        if !value.isEmpty { member(name, value) }
    }

    mutating func set(_ name: String, _ value: Bool) {
        if value { member(name, true) }
    }

    /// Says when credentials run out: clients expect `ttl` wherever `expires` is true.
    private mutating func expiry(_ seconds: UInt32?) {
        guard let seconds else { return }
        member("expires", true)
        member("ttl", UInt64(seconds))
    }

    mutating func publications(_ publications: [Publication]) {
        guard !publications.isEmpty else { return }
        array("publications", of: publications) { writer, publication in
            writer.object { $0.members(of: publication) }
        }
    }

    mutating func members(of result: ConnectResult) {
        nonempty("client", result.client)
        nonempty("version", result.version)
        expiry(result.expiresAfter)
        member("data", result.data)
        if !result.subs.isEmpty {
            object("subs") { writer in
                for (channel, sub) in result.subs.sorted(by: { $0.key < $1.key }) {
                    writer.object(channel) { $0.members(of: sub) }
                }
            }
        }
        nonzero("ping", UInt64(result.ping))
        set("pong", result.pong)
        nonempty("session", result.session)
        nonempty("node", result.node)
        if result.time != 0 { member("time", result.time) }
    }

    mutating func members(of result: SubscribeResult) {
        expiry(result.expiresAfter)
        set("recoverable", result.recoverable)
        nonempty("epoch", result.epoch)
        publications(result.publications)
        set("recovered", result.recovered)
        nonzero("offset", result.offset)
        set("positioned", result.positioned)
        member("data", result.data)
        set("was_recovering", result.wasRecovering)
        set("delta", result.delta)
    }

    mutating func members(of publication: Publication) {
        switch publication.data {
        case .json(let data): member("data", data)
        // A JSON client cannot be given bytes that are no JSON; as base64 nothing of them is lost.
        case .binary(let bytes): member("data", Data(bytes).base64EncodedString())
        }
        if let info = publication.info { object("info") { $0.members(of: info) } }
        nonzero("offset", publication.offset)
        if !publication.tags.isEmpty {
            object("tags") { writer in
                for (name, value) in publication.tags.sorted(by: { $0.key < $1.key }) {
                    writer.member(name, value)
                }
            }
        }
        set("delta", publication.delta)
        if publication.time != 0 { member("time", publication.time) }
    }

    mutating func members(of info: ClientInfo) {
        nonempty("user", info.user)
        nonempty("client", info.client)
        member("conn_info", info.connectionInfo)
        member("chan_info", info.channelInfo)
    }

    mutating func members(of result: RefreshResult) {
        nonempty("client", result.client)
        nonempty("version", result.version)
        expiry(result.expiresAfter)
    }
}
