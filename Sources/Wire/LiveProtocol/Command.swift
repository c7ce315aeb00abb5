package import JSON

/// One message of a client (client protocol v2), whatever encoding it came in.
package struct Command: Hashable, Sendable {
    /// The number by which the reply finds its command; 0 for `send` and for a pong, which get none.
    package let id: UInt32
    package let kind: Kind

    package init(id: UInt32, _ kind: Kind) {
        self.id = id
        self.kind = kind
    }

    /// What the client wants.
    package enum Kind: Hashable, Sendable {
        /// The empty command: the answer to the server's ping.
        case pong
        case connect(ConnectRequest)
        case subscribe(SubscribeRequest)
        case unsubscribe(channel: String)
        case publish(channel: String, data: Payload)
        case presence(channel: String)
        case presenceStats(channel: String)
        case history(HistoryRequest)
        case ping
        case send(data: RawJSON)
        case rpc(RPCRequest)
        case refresh(token: String)
        case subRefresh(channel: String, token: String)
    }
}

/// The first command of a connection.
package struct ConnectRequest: Hashable, Sendable {
    /// A token, or empty where another credential is used.
    package var token = ""
    package var data: RawJSON?
    /// Where the client stood in the channels that the server subscribed it to.
    package var subs: [String: SubscribeRequest] = [:]
    /// What the client calls itself, as `js`.
    package var name = ""
    package var version = ""
    /// Headers that a browser could not set on the WebSocket itself.
    package var headers: [String: String] = [:]
    /// Features that the client offers, as a bit set; unknown bits are ignored.
    package var flag: Int64 = 0

    package init() {}
}

/// A wish to get a channel's publications.
package struct SubscribeRequest: Hashable, Sendable {
    package var channel = ""
    package var token = ""
    /// Whether everything after `offset` of `epoch` is to be delivered first.
    package var recover = false
    package var epoch = ""
    package var offset: UInt64 = 0
    package var data: RawJSON?
    package var positioned = false
    package var recoverable = false
    package var joinLeave = false
    /// The kind of delta compression offered, as `fossil`; empty for none.
    package var delta = ""
    /// A filter by tags, as the client wrote it.
    package var tagsFilter: RawJSON?
    /// Features that the client offers, as a bit set; unknown bits are ignored.
    package var flag: Int64 = 0

    /// Whether a subscription that cannot be recovered is to be refused (112), so that the client can load its state anew.
    package var rejectsUnrecovered: Bool { flag & 2 != 0 }

    package init() {}
}

/// A place in a channel's history.
package struct StreamPosition: Hashable, Sendable {
    package var offset: UInt64
    package var epoch: String

    package init(offset: UInt64, epoch: String) {
        self.offset = offset
        self.epoch = epoch
    }
}

/// A wish to read a channel's history.
package struct HistoryRequest: Hashable, Sendable {
    package var channel = ""
    /// 0 asks for the top position only, a negative number for everything.
    package var limit: Int32 = 0
    /// Where to begin, exclusive; `nil` for the oldest (in reverse: the newest) there is.
    package var since: StreamPosition?
    package var reverse = false

    package init() {}
}

/// A call of a method.
package struct RPCRequest: Hashable, Sendable {
    package var method: String
    /// The method's data; `null` when the client sent none.
    package var data: RawJSON

    package init(method: String, data: RawJSON) {
        self.method = method
        self.data = data
    }
}
