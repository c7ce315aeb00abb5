package import EventLoop

/// The server or cluster, who we are there, and what limits we keep.
package struct RedisSettings: Sendable {
    /// The protocols that a connection may speak.
    package enum ProtocolVersion: Int, Sendable { case resp2 = 2, resp3 = 3 }

    /// Where to connect; in a cluster, where to ask for its nodes.
    ///
    /// Never empty.
    package var endpoints: [RedisEndpoint]
    /// Whether the endpoints belong to a Redis Cluster.
    package var isCluster = false
    /// Whether connections must be encrypted; the dialer does that.
    package var isEncrypted = false
    /// The ACL user; `nil` for the default one.
    package var user: String?
    /// The password; `nil` says nothing.
    package var password: String?
    /// The database; 0 in a cluster.
    package var database = 0
    /// What `CLIENT LIST` calls our connections; no spaces.
    package var clientName = "cohort"
    /// RESP2 is read by hiredis, RESP3 by a reader of our own.
    package var protocolVersion = ProtocolVersion.resp2

    /// From opening a socket until the server takes commands.
    package var connectTimeout: Duration = .seconds(5)
    /// From a command's being sent until its whole reply, and how long it may wait in line before that.
    package var commandTimeout: Duration = .seconds(5)
    /// A connection that heard nothing for so long sends `PING`, so that a peer that is gone is noticed within this
    /// and `commandTimeout`.
    package var pingInterval: Duration = .seconds(5)
    /// Commands in flight on one connection; one more gets ``RedisError/overloaded``.
    package var pipelineDepth = 10_000
    /// Commands that wait while there is no connection; one more gets ``RedisError/overloaded``.
    ///
    /// At most `pipelineDepth`.
    package var waitingLimit = 1_000
    /// Channels of one subscriber; one more gets ``RedisError/overloaded``.
    package var channelLimit = 100_000
    /// Channels in one command to subscribe.
    package var subscribeBatch = 256
    /// Times that a command is sent to another node before it fails with the last redirection.
    package var redirectLimit = 5
    /// How often a cluster's map of slots is read anew without a reason.
    package var topologyInterval: Duration = .seconds(30)
    /// Pauses between attempts to connect.
    ///
    /// A connection that lasts less than `limit` counts as failed.
    package var backoff = Backoff()
    /// How large a reply may be.
    package var replyLimits = ReplyLimits()

    /// Makes the settings of one server without a password.
    package init(endpoint: RedisEndpoint) { endpoints = [endpoint] }

    /// Where it leads, without secrets.
    package var display: String {
        let scheme = isEncrypted ? "rediss" : "redis"
        let user = user.map { "\($0)@" } ?? ""
        let hosts = endpoints.map(\.description).joined(separator: ",")
        return "\(scheme)://\(user)\(hosts)/\(isCluster ? "?cluster=true" : String(database))"
    }
}
