package import Content
package import LiveHub
package import Logging
package import Mail
package import Postgres
package import Redis
package import Sockets
package import Telemetry
package import WebClient
package import WebServer

/// Everything that can be set, read once at start and checked.
package struct Configuration: Sendable {
    /// Where to listen.
    package let address: SocketAddress
    /// How HTTPS is spoken; `nil` for a node that leaves it to a proxy.
    package let tls: TLS?
    /// What this node does; never empty.
    package let roles: Set<Role>
    /// Event loops.
    package let loops: Int
    /// This node's name, for logs and `/ops`.
    package let nodeName: String
    /// Where the server logs in; `nil` when it is not set.
    package internal(set) var database: PostgresConfiguration?
    /// Where migrations log in; `nil` when it is not set.
    package let owner: PostgresConfiguration?
    /// Further databases, and where their migrations log in, by number; none for a deployment with one database.
    package let shards: [Int: PostgresConfiguration]
    package let shardOwners: [Int: PostgresConfiguration]
    /// Connections of each loop, and of the log of live events.
    package let poolSize: Int
    package let logPoolSize: Int
    /// Callers of one loop that may wait for a connection.
    package let poolWaiters: Int
    package internal(set) var search: Search
    /// What carries events between nodes; `nil` for a node that is alone.
    package let redis: RedisSettings?
    /// What live tokens are signed with; `nil` when it is not set.
    package let tokenSecret: Redacted<[UInt8]>?
    /// What stored secrets are sealed with; `nil` takes the tokens'.
    package let secretsKey: Redacted<[UInt8]>?
    /// The file of other issuers' public keys.
    package let tokenKeySet: String?
    /// Where an issuer publishes its keys.
    package let tokenKeySetURL: WebURL?
    package let tokenAudience: String?
    package let tokenIssuer: String?
    /// Where fetches may lead besides the open network, and the file of authorities that they trust.
    package let outgoingNetworks: [IPNetwork]
    package let outgoingAuthorities: String?
    /// The folder of the pages; `nil` looks for it.
    package let webRoot: String?
    package let allowedOrigins: Set<String>
    package let trustedProxies: ProxyTrust
    package let metricsReaders: ProxyTrust
    /// Where people reach the server, without a slash at the end; `nil` when it is not set.
    package let publicURL: String?
    /// Where letters are handed over; `nil` for a server that sends none.
    package let mail: Redacted<SMTPSettings>?
    package let connectionLimit: Int
    package let live: Live
    package let jobs: Jobs
    package let content: Content
    /// Plain namespaces of the operator's.
    package let namespaces: [Namespace]
    /// What the operator's own apps may.
    package let apps: Apps
    /// Passwords hashed at a time.
    package let passwordsWidth: Int
    package let passwordsBacklog: Int
    /// Logins of administrators who see every institution.
    package let operators: Set<String>
    /// Over how long live connections are closed at the end, and how long the end may take.
    package let drainCloses: Duration
    package let drainLimit: Duration
    package let logLevel: Logger.Level
    package let logsRequests: Bool
    /// Every setting with its value as it may be printed, and where it comes from, in the table's order.
    package let printed: [Printed]
    /// Every setting that is not left at its default, secrets included, as environment variables: what hands this
    /// configuration to another process, whatever place each value came from.
    package let variables: Redacted<[String: String]>

    /// A part that a node may play.
    package enum Role: String, Sendable, CaseIterable {
        /// It serves people: pages, REST, the live layer.
        case web
        /// It does jobs.
        case worker
        /// It serves plain channels and nothing else, without a database.
        case channels
    }

    /// What the operator's own apps may.
    package struct Apps: Sendable {
        /// What their tokens are signed with; `nil` for no apps.
        package let tokenSecret: Redacted<[UInt8]>?
        /// What their servers show; `nil` lets none in.
        package let key: Redacted<[UInt8]>?
        /// Whose plain channels they use.
        package let institution: TenantID
        /// Whether each of their users is subscribed to a channel of their own.
        package let hasPersonalChannels: Bool
    }

    /// How HTTPS is spoken.
    package struct TLS: Sendable, Equatable {
        package let address: SocketAddress
        /// The first is the default.
        package let files: [TLSServerSettings.Files]
        package let minimum: TLSServerSettings.Version
        package let redirects: Bool
        package let strictTransportSeconds: Int
        package let handshakes: Int
        package let handshakeLimit: Duration
        /// Whether the kernel may encrypt.
        package let usesKernel: Bool
    }

    /// Where the search index is.
    package struct Search: Sendable {
        /// Where the server logs in; `nil` for a server without an index.
        package internal(set) var database: PostgresConfiguration?
        /// Where migrations log in; `nil` when it is not set.
        package let owner: PostgresConfiguration?
        /// Connections of each loop.
        package let poolSize: Int
    }

    /// How jobs are done.
    package struct Jobs: Sendable, Equatable {
        package let slots: Int
        package let poolSize: Int
        package let lease: Duration
        package let retention: Duration
    }

    /// The live layer's bounds.
    package struct Live: Sendable, Equatable {
        package let pingSeconds: Int
        package let pongSeconds: Int
        package let messageBytes: Int
        package let compresses: Bool
        package let subscriptions: Int
        package let commandsPerSecond: Int
        package let commandBurst: Int
        package let admissionsPerSecond: Int
        /// What a user, a class and an institution may do; `nil` for no limit.
        package let userLimits: PartyLimits?
        package let classBounds: ClassBounds?
        package let institutionLimits: PartyLimits?
        package let sessionBytes: Int
    }

    /// Where files are kept, and how many.
    package struct Content: Sendable {
        /// The folder of the files, or where they arrive; `nil` where none are kept.
        package let folder: String?
        /// What links are signed with; `nil` to derive it.
        package let linkSecret: Redacted<String>?
        package let settings: ContentServices.Settings
        /// The object store; `nil` for the folder.
        package let store: Redacted<S3Settings>?
    }

    /// One line of what is printed at start.
    package struct Printed: Sendable, Equatable {
        package let key: String
        /// The value; a secret's is not among it.
        package let value: String
        /// Where it comes from; `nil` for the default.
        package let origin: String?
    }

    /// Reads the settings from all their places.
    ///
    /// - Parameters:
    ///   - arguments: Flags of the command line that are settings.
    ///   - environment: The process's variables.
    ///   - file: A YAML file; `nil` for none, then the variable `COHORT_CONFIG` may name one.
    ///   - defaults: What the command sets by key, below all other places.
    /// - Throws: ``ConfigurationProblem``, which names the key and the reason.
    package init(
        arguments: [String], environment: [String: String], file: String?, defaults: [String: String] = [:]
    ) throws(ConfigurationProblem) {
        let reader = ConfigurationReader(
            try ConfigurationSources(
                arguments: arguments, environment: environment, file: file, defaults: defaults))
        address = try reader.address()
        tls = try reader.tls(beside: address)
        roles = try reader.roles()
        loops = try reader.count(ConfigurationKeys.loops, zero: ConfigurationReader.usableCPUs)
        nodeName = try reader.text(ConfigurationKeys.nodeName) ?? ConfigurationReader.hostName
        database = try reader.database(ConfigurationKeys.databaseURL)
        owner = try reader.database(ConfigurationKeys.databaseOwnerURL)
        shards = try reader.databases(ConfigurationKeys.databaseShards)
        shardOwners = try reader.databases(ConfigurationKeys.databaseShardOwners)
        poolSize = try reader.number(ConfigurationKeys.databasePool)
        logPoolSize = try reader.number(ConfigurationKeys.databaseLogPool)
        poolWaiters = try reader.number(ConfigurationKeys.databaseWaiters)
        search = Search(
            database: try reader.database(ConfigurationKeys.searchDatabaseURL),
            owner: try reader.database(ConfigurationKeys.searchDatabaseOwnerURL),
            poolSize: try reader.number(ConfigurationKeys.searchPool))
        redis = try reader.redis(ConfigurationKeys.redisURL)
        tokenSecret = try reader.secret(ConfigurationKeys.tokenSecret)
        secretsKey = try reader.secret(ConfigurationKeys.secretsKey)
        tokenKeySet = try reader.text(ConfigurationKeys.tokenKeySet)
        tokenKeySetURL = try reader.secureURL(ConfigurationKeys.tokenKeySetURL)
        tokenAudience = try reader.text(ConfigurationKeys.tokenAudience)
        tokenIssuer = try reader.text(ConfigurationKeys.tokenIssuer)
        outgoingNetworks = try reader.outgoingNetworks()
        outgoingAuthorities = try reader.text(ConfigurationKeys.outgoingAuthorities)
        webRoot = try reader.text(ConfigurationKeys.webRoot)
        allowedOrigins = try reader.origins()
        trustedProxies = try reader.networks(ConfigurationKeys.webTrustedProxies)
        metricsReaders = try reader.networks(ConfigurationKeys.webMetricsReaders)
        publicURL = try reader.publicURL()
        mail = try reader.mail()
        connectionLimit = try reader.number(ConfigurationKeys.webConnections)
        live = try reader.live()
        jobs = Jobs(
            slots: try reader.number(ConfigurationKeys.jobsSlots),
            poolSize: try reader.number(ConfigurationKeys.jobsPool),
            lease: .seconds(try reader.number(ConfigurationKeys.jobsLease)),
            retention: .seconds(3600 * (try reader.number(ConfigurationKeys.jobsRetention))))
        content = try reader.content()
        namespaces = try reader.namespaces()
        apps = try reader.apps()
        passwordsWidth = try reader.count(
            ConfigurationKeys.passwordsWidth, zero: max(1, ConfigurationReader.usableCPUs / 2))
        passwordsBacklog = try reader.number(ConfigurationKeys.passwordsBacklog)
        operators = Set(try reader.list(ConfigurationKeys.operators).map { $0.lowercased() })
        drainCloses = .seconds(try reader.number(ConfigurationKeys.drainCloses))
        drainLimit = .seconds(try reader.number(ConfigurationKeys.drainLimit))
        logLevel = Logger.Level(rawValue: try reader.word(ConfigurationKeys.logLevel)) ?? .info
        logsRequests = try reader.flag(ConfigurationKeys.logRequests)
        printed = try reader.printed()
        variables = Redacted(try reader.variables())
    }

    /// Connections to each database that this node keeps open: each loop's, and those of the log, the answer intake and the
    /// jobs.
    package var connectionSum: Int { loops * poolSize + 2 * logPoolSize + jobs.poolSize }

    /// Connections to the search index that this node keeps open where there is one: each loop's, and those of the jobs.
    package var searchConnections: Int { (loops + 1) * search.poolSize }

    /// The settings as they stand in the log, without secrets.
    package var metadata: Logger.Metadata {
        Dictionary(uniqueKeysWithValues: printed.map { ($0.key, .string($0.value)) })
    }

    /// The settings as lines, `key = value  (where from)`, without secrets.
    package var lines: [String] {
        let width = printed.map(\.key.count).max() ?? 0
        return printed.map { line in
            let pad = String(repeating: " ", count: width - line.key.count)
            let origin = line.origin.map { "  (\($0))" } ?? ""
            return "\(line.key)\(pad) = \(line.value)\(origin)"
        }
    }
}
