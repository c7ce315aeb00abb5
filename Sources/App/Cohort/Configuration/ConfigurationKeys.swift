import Mail
import Sockets

/// Every setting there is.
///
/// What is not in this table stops the start.
package enum ConfigurationKeys {
    /// What the names of environment variables begin with.
    package static let variablePrefix = "COHORT_"

    /// Variables with our prefix that are no settings: the file of settings, and what tests arm in the demo.
    package static let otherVariables: Set<String> = [
        "COHORT_CONFIG", DemoTestHooks.faultVariable, DemoTestHooks.nodesVariable,
    ]

    static let listenHost = ConfigurationKey(
        "listen.host", .text, "127.0.0.1",
        "IP address to listen at; 0.0.0.0 or :: for every one of this machine")
    static let listenPort = ConfigurationKey(
        "listen.port", .number(0...65_535), "8080", "Port to listen at; 0 takes any free one")
    static let tlsListen = ConfigurationKey(
        "tls.listen", .text, "",
        "Where to listen for HTTPS: a port at listen.host, or 0.0.0.0:443 or [::]:443; 0 takes any free port; empty does not"
    )
    static let tlsCertificates = ConfigurationKey(
        "tls.certificates", .list, "",
        "PEM files of certificates, each with its chain; a client gets the one of the name that it asks for, else the first"
    )
    static let tlsKeys = ConfigurationKey(
        "tls.keys", .list, "", "PEM files of their keys, in the same order")
    static let tlsMinimum = ConfigurationKey(
        "tls.minimum", .oneOf(TLSServerSettings.Version.allCases.map(\.rawValue)), "1.2",
        "Oldest version of TLS that is spoken")
    static let tlsRedirect = ConfigurationKey(
        "tls.redirect", .flag, "false",
        "Whether who comes without TLS is sent to HTTPS (308), but for /healthz, /readyz and /metrics")
    static let tlsStrictSeconds = ConfigurationKey(
        "tls.hsts-seconds", .number(0...63_072_000), "0",
        "Seconds for which browsers shall come by HTTPS only (Strict-Transport-Security); 0 does not say so")
    static let tlsHandshakes = ConfigurationKey(
        "tls.handshakes", .number(1...1_000_000), "2000",
        "TLS handshakes of one loop under way at a time; connections beyond are closed at once")
    static let tlsHandshakeSeconds = ConfigurationKey(
        "tls.handshake-seconds", .number(1...60), "10", "Longest time that a TLS handshake may take")
    static let tlsKernel = ConfigurationKey(
        "tls.kernel", .flag, "true", "Whether the kernel encrypts, where it can")
    static let loops = ConfigurationKey(
        "loops", .number(0...256), "0", "Event loops; 0 makes one for each CPU that the process may use")
    static let roles = ConfigurationKey(
        "roles", .list, "web,worker",
        "What this node does: web serves people, worker does jobs; a worker alone answers probes only; channels alone serves plain channels, without a database"
    )
    static let nodeName = ConfigurationKey("node.name", .text, "", "This node's name; empty takes the host's")

    static let databaseURL = ConfigurationKey(
        "database.url", .databaseURL, "", "Where the server logs in, as the role cohort_app")
    static let databaseOwnerURL = ConfigurationKey(
        "database.owner-url", .databaseURL, "", "Where migrations log in, as the schema's owner")
    static let databaseShards = ConfigurationKey(
        "database.shards", .databaseURLs, "",
        "Further databases for institutions, by number from 1 to 511: 1=postgres://...; the first one is home, 0"
    )
    static let databaseShardOwners = ConfigurationKey(
        "database.shard-owners", .databaseURLs, "",
        "Where migrations of those databases log in, as the schema's owner: 1=postgres://...")
    static let databasePool = ConfigurationKey(
        "database.pool", .number(1...100), "4", "Connections to Postgres of each loop, to each database")
    static let databaseLogPool = ConfigurationKey(
        "database.log-pool", .number(1...16), "2", "Connections to Postgres of the log of live events")
    static let databaseWaiters = ConfigurationKey(
        "database.waiters", .number(1...1_000_000), "10000",
        "Callers of one loop that may wait for a connection")
    static let databaseStatementSeconds = ConfigurationKey(
        "database.statement-seconds", .number(1...3600), "15", "Longest time that one statement may take")

    static let searchDatabaseURL = ConfigurationKey(
        "search.database-url", .databaseURL, "",
        "Where the search index is, as the role cohort_app: a database of its own; empty for no full text")
    static let searchDatabaseOwnerURL = ConfigurationKey(
        "search.database-owner-url", .databaseURL, "",
        "Where migrations of the search index log in, as its owner")
    static let searchPool = ConfigurationKey(
        "search.pool", .number(1...32), "2",
        "Connections to the search index of each loop, and of the jobs that feed it")

    static let redisURL = ConfigurationKey(
        "redis.url", .redisURL, "",
        "Redis that carries events between nodes; empty for a single node")

    static let tokenSecret = ConfigurationKey(
        "token.secret", .secret, "", "Signs live tokens (HS256); at least 32 bytes, the same on every node")
    static let tokenKeySet = ConfigurationKey(
        "token.key-set", .text, "",
        "File with public keys of other issuers of live tokens (JWKS: EdDSA, ES256, RS256)")
    static let tokenKeySetURL = ConfigurationKey(
        "token.key-set-url", .text, "",
        "Where an issuer of live tokens publishes its keys (https); kept up to date while the server runs")
    static let tokenAudience = ConfigurationKey(
        "token.audience", .text, "", "Audience that live tokens must name; empty checks none")
    static let tokenIssuer = ConfigurationKey(
        "token.issuer", .text, "", "Issuer that live tokens must name; empty checks none")

    static let secretsKey = ConfigurationKey(
        "secrets.key", .secret, "",
        "Seals what institutions entrust to the server, such as client secrets; at least 32 bytes; empty takes token.secret"
    )

    static let outgoingAllowedNetworks = ConfigurationKey(
        "outgoing.allowed-networks", .list, "",
        "Addresses or networks that the server may fetch from besides the public ones, at any port")
    static let outgoingAuthorities = ConfigurationKey(
        "outgoing.authorities", .text, "",
        "File with the authorities (PEM) that fetches and TLS to Redis trust; empty takes the system's")

    static let webRoot = ConfigurationKey(
        "web.root", .text, "", "Folder of the pages; empty looks beside the program and in the working folder"
    )
    static let webAllowedOrigins = ConfigurationKey(
        "web.allowed-origins", .list, "",
        "Origins besides our own that may use cookies (https://school.example)")
    static let webTrustedProxies = ConfigurationKey(
        "web.trusted-proxies", .list, "",
        "Proxies whose X-Forwarded-For, -Proto and -Host count: addresses or networks")
    static let webMetricsReaders = ConfigurationKey(
        "web.metrics-readers", .list, "", "Who may read /metrics besides this machine: addresses or networks")
    static let webPublicURL = ConfigurationKey(
        "web.public-url", .text, "",
        "Where people reach this server (https://cohort.example); letters and other providers lead there")
    static let webConnections = ConfigurationKey(
        "web.connections", .number(1...10_000_000), "100000", "Connections that one loop has open at a time")

    static let livePing = ConfigurationKey(
        "live.ping-seconds", .number(0...3600), "25", "Seconds between the server's pings; 0 sends none")
    static let livePong = ConfigurationKey(
        "live.pong-seconds", .number(1...3600), "10", "Seconds that a client may take to answer a ping")
    static let liveMessageBytes = ConfigurationKey(
        "live.message-bytes", .number(1024...16_777_216), "65536",
        "Largest message that a live client may send")
    static let liveCompression = ConfigurationKey(
        "live.compression", .flag, "true",
        "Whether messages of 256 bytes and more are compressed for clients that offer it (permessage-deflate)"
    )
    static let liveSubscriptions = ConfigurationKey(
        "live.subscriptions", .number(1...100_000), "128", "Subscriptions of one session")
    static let liveCommandRate = ConfigurationKey(
        "live.commands-per-second", .number(1...1_000_000), "50",
        "Commands a second of one session, in the long run")
    static let liveCommandBurst = ConfigurationKey(
        "live.command-burst", .number(1...1_000_000), "200", "Commands of one session at once")
    static let liveAdmissions = ConfigurationKey(
        "live.admissions-per-second", .number(1...1_000_000), "5000",
        "Connections a second that one loop lets in, twice as many at once; the others come again")
    static let liveUserLimits = ConfigurationKey(
        "live.user-limits", .list, "connections:100,subscriptions:4096,joins:10:200",
        "What all connections of one user may do on this node: numbers, or rates as PER_SECOND:AT_ONCE, also calls, signals, publications, reads, bytes (else twice what one connection may); none has no limit"
    )
    static let liveClassLimits = ConfigurationKey(
        "live.class-limits", .list,
        "connections:50000,joins:5000:25000,calls:5000:50000,signals:5000:25000,reads:1000:25000,bytes:8388608:67108864,chat:100:2000,board:400:2000,others:500:25000",
        "What one class may do on this node, all members together; a fifth of what may come at once is the instructors'; what is not named keeps its default; none has no limit"
    )
    static let liveInstitutionLimits = ConfigurationKey(
        "live.institution-limits", .list,
        "connections:250000,subscriptions:2000000,joins:10000:50000,calls:25000:250000,signals:25000:125000,publications:25000:125000,reads:5000:125000,bytes:41943040:335544320",
        "What one institution may do on this node; none has no limit")
    static let liveSessionBytes = ConfigurationKey(
        "live.session-bytes", .number(65_536...1_073_741_824), "1048576",
        "Bytes that may wait for a slow reader; beyond, it is disconnected and resumes")

    static let contentFolder = ConfigurationKey(
        "content.folder", .text, "",
        "Folder of the files, or where they arrive on their way to an object store; empty keeps none")
    static let contentLinkSecret = ConfigurationKey(
        "content.link-secret", .secret, "",
        "Signs links to files; letters and digits, at least 32, as in nginx's secure_link_md5; empty derives one"
    )
    static let contentEdge = ConfigurationKey(
        "content.edge", .text, "",
        "Where links to files begin when an edge serves them (https://files.school.example); empty serves them here"
    )
    static let contentLargestFile = ConfigurationKey(
        "content.largest-file", .number(1...1_099_511_627_776), "2147483648", "Bytes that a file may have")
    static let contentCourseQuota = ConfigurationKey(
        "content.course-quota", .number(1...1_125_899_906_842_624), "2147483648",
        "Bytes of a course's files, where it has no quota of its own")
    static let contentUserQuota = ConfigurationKey(
        "content.user-quota", .number(1...1_125_899_906_842_624), "104857600",
        "Bytes of a user's own files, where they have no quota of their own")
    static let contentInstitutionQuota = ConfigurationKey(
        "content.institution-quota", .number(0...1_125_899_906_842_624), "0",
        "Bytes of all files of an institution; 0 takes what there is room for")
    static let contentRequiresScan = ConfigurationKey(
        "content.requires-scan", .flag, "true",
        "Whether only staff and owners see a file until a scan has cleared it")
    static let contentS3Endpoint = ConfigurationKey(
        "content.s3-endpoint", .text, "",
        "URL of an S3-compatible object store that keeps the files; empty keeps them in the folder")
    static let contentS3Bucket = ConfigurationKey("content.s3-bucket", .text, "", "Bucket of the files")
    static let contentS3Region = ConfigurationKey(
        "content.s3-region", .text, "us-east-1", "Region that requests to the object store are signed for")
    static let contentS3Prefix = ConfigurationKey(
        "content.s3-prefix", .text, "", "What the names of objects begin with, such as cohort/")
    static let contentS3AccessKey = ConfigurationKey(
        "content.s3-access-key", .text, "", "Name of the key to the object store")
    static let contentS3SecretKey = ConfigurationKey(
        "content.s3-secret-key", .secret, "", "Key to the object store")

    static let namespaces = ConfigurationKey(
        "namespaces", .list, "",
        "Plain channels for own apps: NAME:stream:SIZE:SECONDS or NAME:ephemeral, and words for what they offer; an empty NAME is for channels without one"
    )
    static let appsTokenSecret = ConfigurationKey(
        "apps.token-secret", .secret, "",
        "Checks the tokens of own apps, for connections and subscriptions (HS256); empty takes none")
    static let appsKey = ConfigurationKey(
        "apps.api-key", .secret, "",
        "Key of own apps' servers, who publish and act on connections by HTTP; at least 32 bytes; empty lets none in"
    )
    static let appsInstitution = ConfigurationKey(
        "apps.institution", .number(0...9_007_199_254_740_991), "0",
        "Institution whose plain channels own apps use; 0 gives them channels of their own")
    static let appsPersonalChannels = ConfigurationKey(
        "apps.personal-channels", .flag, "false",
        "Whether each user of an own app is subscribed to the channel # and their name")

    static let jobsSlots = ConfigurationKey(
        "jobs.slots", .number(1...1000), "16", "Jobs that a worker does at a time")
    static let jobsPool = ConfigurationKey(
        "jobs.pool", .number(1...32), "4", "Connections to Postgres of the jobs")
    static let jobsLease = ConfigurationKey(
        "jobs.lease-seconds", .number(1...600), "30",
        "Seconds after which another worker takes the jobs of one that is silent")
    static let jobsRetention = ConfigurationKey(
        "jobs.retention-hours", .number(1...8760), "72", "Hours that completed jobs are kept")

    static let passwordsWidth = ConfigurationKey(
        "passwords.width", .number(0...256), "0", "Passwords hashed at a time; 0 takes half of the CPUs")
    static let passwordsBacklog = ConfigurationKey(
        "passwords.backlog", .number(1...100_000), "256",
        "Sign-ins that wait for a hash before more are turned away")

    static let mailHost = ConfigurationKey(
        "mail.host", .text, "", "SMTP relay for letters about passwords; empty sends none")
    static let mailPort = ConfigurationKey("mail.port", .number(1...65_535), "587", "Port of the relay")
    static let mailSecurity = ConfigurationKey(
        "mail.security", .oneOf(SMTPSettings.Security.allCases.map(\.rawValue)), "starttls",
        "What protects the way to the relay: starttls, tls from the first byte, or none")
    static let mailUser = ConfigurationKey(
        "mail.user", .text, "", "User at the relay; empty for one that asks for none")
    static let mailPassword = ConfigurationKey("mail.password", .secret, "", "Password at the relay")
    static let mailFrom = ConfigurationKey("mail.from", .text, "", "Who letters are from: an address")

    static let operators = ConfigurationKey(
        "operators", .logins, "",
        "Logins of administrators who see every institution on /ops and take nodes out of rotation")

    static let drainCloses = ConfigurationKey(
        "drain.close-seconds", .number(0...600), "5",
        "Seconds over which live connections are closed at the end")
    static let drainLimit = ConfigurationKey(
        "drain.limit-seconds", .number(1...3600), "30", "Seconds after which the end is no longer waited for")

    static let logLevel = ConfigurationKey(
        "log.level", .oneOf(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "info",
        "What is logged")
    static let logRequests = ConfigurationKey(
        "log.requests", .flag, "true", "Whether each request gets a line")

    /// The table, in the order in which it is shown.
    package static let all: [ConfigurationKey] = [
        listenHost, listenPort, tlsListen, tlsCertificates, tlsKeys, tlsMinimum, tlsRedirect,
        tlsStrictSeconds, tlsHandshakes, tlsHandshakeSeconds, tlsKernel, roles, loops, nodeName,
        databaseURL, databaseOwnerURL, databaseShards, databaseShardOwners, databasePool, databaseLogPool,
        databaseWaiters,
        databaseStatementSeconds, searchDatabaseURL, searchDatabaseOwnerURL, searchPool, redisURL,
        tokenSecret, tokenKeySet, tokenKeySetURL, tokenAudience, tokenIssuer, secretsKey,
        outgoingAllowedNetworks, outgoingAuthorities,
        webRoot, webAllowedOrigins, webTrustedProxies, webMetricsReaders, webPublicURL,
        webConnections,
        livePing, livePong, liveMessageBytes, liveCompression, liveSubscriptions, liveCommandRate,
        liveCommandBurst, liveAdmissions, liveUserLimits, liveClassLimits, liveInstitutionLimits,
        liveSessionBytes,
        contentFolder, contentLinkSecret, contentEdge, contentLargestFile, contentCourseQuota,
        contentUserQuota,
        contentInstitutionQuota, contentRequiresScan, contentS3Endpoint, contentS3Bucket, contentS3Region,
        contentS3Prefix, contentS3AccessKey, contentS3SecretKey,
        namespaces, appsTokenSecret, appsKey, appsInstitution, appsPersonalChannels, jobsSlots, jobsPool,
        jobsLease,
        jobsRetention, passwordsWidth, passwordsBacklog,
        mailHost, mailPort, mailSecurity, mailUser, mailPassword, mailFrom, operators, drainCloses,
        drainLimit, logLevel,
        logRequests,
    ]

    /// The table as Markdown, as the README shows it.
    package static var markdown: String {
        var lines = ["| Key | Default | What it is for |", "|---|---|---|"]
        for key in all {
            let standard = key.standard.isEmpty ? "" : "`\(key.standard)`"
            lines.append("| `\(key.name)` | \(standard) | \(key.summary) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The table as the help of commands shows it.
    package static var help: String {
        var lines = [
            "Settings come from a flag, else the environment, else the YAML file, else they",
            "have a default. So live.ping-seconds is --live-ping-seconds 25, or",
            "COHORT_LIVE_PING_SECONDS=25, or in YAML:",
            "  live:",
            "    ping-seconds: 25",
            "",
        ]
        // Commands fold their help at 80 columns: a flag and what it is for stand on lines of their own.
        for key in all {
            let standard = key.standard.isEmpty ? "" : " (default: \(key.standard))"
            lines.append("  \(key.flag)\(standard)")
            lines += folded(key.summary, width: 72).map { "      \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// A text in lines of at most `width` characters.
    private static func folded(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
