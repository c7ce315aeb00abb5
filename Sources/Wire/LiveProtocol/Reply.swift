package import JSON

/// The answer to a command, whatever encoding it goes out in.
package struct Reply: Hashable, Sendable {
    /// The id of the command that is answered.
    package let id: UInt32
    package let result: Result

    package init(id: UInt32, _ result: Result) {
        self.id = id
        self.result = result
    }

    /// What came of the command.
    package enum Result: Hashable, Sendable {
        case error(ProtocolError)
        case connect(ConnectResult)
        case subscribe(SubscribeResult)
        case unsubscribe
        case publish
        /// Everyone in the channel; no two with the same client.
        case presence([ClientInfo])
        case presenceStats(clients: UInt32, users: UInt32)
        case history(HistoryResult)
        case ping
        /// What the method returned; `nil` for nothing.
        case rpc(RawJSON?)
        case refresh(RefreshResult)
        case subRefresh(RefreshResult)
    }
}

/// What a connection is told first.
package struct ConnectResult: Hashable, Sendable {
    /// The connection's name, unique in the deployment.
    package var client = ""
    /// The server's name and version.
    package var version = ""
    /// How many seconds the credentials are good for; `nil` when they do not run out.
    package var expiresAfter: UInt32?
    package var data: RawJSON?
    /// What the server subscribed the connection to, by channel.
    package var subs: [String: SubscribeResult] = [:]
    /// Seconds between two pings of the server; 0 for none.
    package var ping: UInt32 = 0
    /// Whether the client must answer pings.
    package var pong = false
    package var session = ""
    package var node = ""
    /// The server's clock, in milliseconds since 1970; 0 for unknown.
    package var time: Int64 = 0

    package init() {}
}

/// What a new subscription begins with.
package struct SubscribeResult: Hashable, Sendable {
    /// How many seconds the subscription is good for; `nil` when it does not run out.
    package var expiresAfter: UInt32?
    package var recoverable = false
    package var epoch = ""
    /// The position that the subscription begins after: of the last publication here, or of the snapshot.
    package var offset: UInt64 = 0
    package var positioned = false
    /// Whether the gap is proven filled.
    package var recovered = false
    package var wasRecovering = false
    /// Whether publications may come as differences.
    package var delta = false
    /// What was missed, oldest first.
    package var publications: [Publication] = []
    package var data: RawJSON?

    package init() {}
}

/// A part of a channel's history.
package struct HistoryResult: Hashable, Sendable {
    package var publications: [Publication]
    package var epoch: String
    /// The position of the channel's newest publication.
    package var offset: UInt64

    package init(publications: [Publication], epoch: String, offset: UInt64) {
        self.publications = publications
        self.epoch = epoch
        self.offset = offset
    }
}

/// How long credentials are good for after a refresh.
package struct RefreshResult: Hashable, Sendable {
    /// The connection's name; empty in a subscription's refresh.
    package var client: String
    /// The server's name and version; empty in a subscription's refresh.
    package var version: String
    /// In seconds; `nil` when they do not run out.
    package var expiresAfter: UInt32?

    package init(client: String = "", version: String = "", expiresAfter: UInt32?) {
        self.client = client
        self.version = version
        self.expiresAfter = expiresAfter
    }
}
