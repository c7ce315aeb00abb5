import Foundation
import Classroom
import LiveHub
import Redis
import Sockets
import Telemetry
import Postgres
import Testing
import WebClient
import WebServer

@testable import Cohort

/// A file with this text, gone with the test.
private final class TemporaryFile {
    let path = "/tmp/cohort-settings-\(UUID().uuidString).yaml"

    init(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct `Settings of a server` {
    private func read(
        _ arguments: [String] = [], environment: [String: String] = [:], yaml: String? = nil,
        defaults: [String: String] = [:]
    ) throws -> Configuration {
        let file = try yaml.map { try TemporaryFile($0) }
        return try withExtendedLifetime(file) {
            try Configuration(
                arguments: arguments, environment: environment, file: file?.path, defaults: defaults)
        }
    }

    private func problem(
        _ arguments: [String] = [], environment: [String: String] = [:], yaml: String? = nil
    ) -> String? {
        do {
            _ = try read(arguments, environment: environment, yaml: yaml)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `has a default for every key`() throws {
        let configuration = try read()
        #expect(configuration.address.description == "127.0.0.1:8080")
        #expect(configuration.loops >= 1)
        #expect(configuration.database == nil)
        #expect(configuration.live.pingSeconds == 25)
        #expect(configuration.roles == [.web, .worker])
        #expect(configuration.printed.count == ConfigurationKeys.all.count)
        #expect(configuration.printed.allSatisfy { $0.origin == nil })
    }

    @Test func `has the live layer's own limits as defaults, and those of users as numbers and rates`() throws
    {
        let live = try read().live
        #expect(live.userLimits == PartyLimits.user)
        #expect(live.classBounds == Configuration.ClassBounds())
        #expect(live.institutionLimits == PartyLimits.institution)
        let changed = try read(
            yaml: """
                live:
                  user-limits: [connections:7, calls:3:9]
                  class-limits:
                    - chat:1:2
                    - joins:5:6
                  institution-limits: [none]
                """
        ).live
        var user = PartyLimits.user
        (user.connections, user.calls) = (7, Rate(3, burst: 9))
        #expect(changed.userLimits == user)
        #expect(changed.classBounds?.changes.chat == Rate(1, burst: 2))
        #expect(changed.classBounds?.party.joins == Rate(5, burst: 6))
        #expect(changed.classBounds?.party.calls == PartyLimits.group.calls)
        #expect(changed.institutionLimits == nil)
    }

    @Test(arguments: [
        "connections", "connections:0", "connections:-1", "connections:1:2", "joins:5", "joins:5:0",
        "chat:1:2", "x:1",
        "joins:5:6:7", "connections:9999999999", "none,connections:1",
    ])
    func `refuses limits that say nothing`(text: String) {
        let problem = problem(["--live-user-limits", text])
        #expect(problem?.contains("live.user-limits") == true)
    }

    @Test func `limits no rate in the example for plain channels`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("deploy/examples/plain-pubsub.yaml")
        let live = try read(yaml: try String(contentsOf: file, encoding: .utf8)).live
        #expect(live.userLimits == nil && live.classBounds == nil && live.institutionLimits == nil)
        #expect(live.commandsPerSecond == 1_000_000 && live.commandBurst == 1_000_000)
        #expect(live.admissionsPerSecond == 1_000_000)
        let settings = Server.liveSettings(try read(yaml: try String(contentsOf: file, encoding: .utf8)))
        #expect(!settings.boundsUserMessages)
        #expect(settings.userLimits == PartyLimits() && settings.institutionLimits == PartyLimits())
    }

    @Test(arguments: [
        ("web", [Configuration.Role.web]), ("worker", [.worker]), ("worker,web", [.web, .worker]),
        ("channels", [.channels]),
    ])
    func `gives a node its roles`(text: String, roles: [Configuration.Role]) throws {
        #expect(try read(["--roles", text]).roles == Set(roles))
    }

    @Test func `knows no other role, and needs one`() {
        #expect(
            problem(["--roles", "web,wrker"])
                == "roles, set by the flag --roles, must be web, worker or both, or channels; \"wrker\" is none of them"
        )
        #expect(problem(["--roles", "channels,web"]) != nil)
        #expect(problem(yaml: "roles: []\n") != nil)
    }

    @Test func `takes a flag before the environment before the file before the command's default`() throws {
        let yaml = "live:\n  ping-seconds: 3\n"
        let environment = ["COHORT_LIVE_PING_SECONDS": "2"]
        let defaults = ["live.ping-seconds": "4"]
        let flags = ["--live-ping-seconds", "1"]
        func ping(_ flags: [String], _ environment: [String: String], _ yaml: String?) throws -> Int {
            try read(flags, environment: environment, yaml: yaml, defaults: defaults).live.pingSeconds
        }
        #expect(try ping(flags, environment, yaml) == 1)
        #expect(try ping([], environment, yaml) == 2)
        #expect(try ping([], [:], yaml) == 3)
        #expect(try ping([], [:], nil) == 4)
    }

    @Test func `says where each value comes from`() throws {
        let configuration = try read(
            ["--loops=3"], environment: ["COHORT_LISTEN_PORT": "9000"], yaml: "log:\n  level: debug\n")
        let origins = Dictionary(uniqueKeysWithValues: configuration.printed.map { ($0.key, $0.origin) })
        #expect(origins["loops"] == "the flag --loops")
        #expect(origins["listen.port"] == "the environment variable COHORT_LISTEN_PORT")
        #expect(origins["log.level"]??.hasPrefix("the file /tmp/cohort-settings-") == true)
        #expect(origins["live.ping-seconds"] == .some(nil))
    }

    @Test func `finds the file by a variable`() throws {
        let file = try TemporaryFile("loops: 5\n")
        #expect(try read(environment: ["COHORT_CONFIG": file.path]).loops == 5)
    }

    @Test func `reads lists from YAML and from texts with commas`() throws {
        #expect(
            try read(["--operators", "A@x.example, b@x.example"]).operators == ["a@x.example", "b@x.example"])
        #expect(try read(yaml: "operators: [a@x.example]\n").operators == ["a@x.example"])
        #expect(
            try read(environment: ["COHORT_WEB_ALLOWED_ORIGINS": "https://a.example,https://b.example"])
                .allowedOrigins == ["https://a.example", "https://b.example"])
    }

    @Test func `reads plain namespaces`() throws {
        let found = try read(yaml: "namespaces: [\"bench:stream:10:60\", \"app:ephemeral\"]\n").namespaces
        #expect(found.map(\.name) == ["bench", "app"])
        #expect(found[0].kind == .stream(size: 10, lifetime: .seconds(60)))
        #expect(found[1].kind == .ephemeral)
    }

    @Test func `reads what own apps may`() throws {
        let none = try read().apps
        #expect(none.tokenSecret == nil && !none.hasPersonalChannels)
        #expect(none.institution.rawValue == ConfigurationReader.noInstitution)
        let apps = try read(
            yaml: "apps:\n  token-secret: short\n  institution: 7\n  personal-channels: true\n"
        ).apps
        #expect(apps.tokenSecret?.secret == Array("short".utf8))
        #expect(apps.institution.rawValue == 7 && apps.hasPersonalChannels)
    }

    @Test func `reads where keys are fetched from`() throws {
        let configuration = try read(
            yaml:
                "token:\n  key-set-url: https://Issuer.example/keys\noutgoing:\n  allowed-networks: [10.0.0.0/8]\n"
        )
        #expect(configuration.tokenKeySetURL?.description == "https://issuer.example/keys")
        #expect(configuration.outgoingNetworks == [try IPNetwork("10.0.0.0/8")])
        #expect(try read().tokenKeySetURL == nil)
    }

    @Test func `puts a value with commas together again`() throws {
        #expect(try read(["--node-name", "a,b"]).nodeName == "a,b")
    }

    @Test(arguments: [
        (["--livve-ping-seconds", "1"], "did you mean --live-ping-seconds?"),
        (["--frobnicate", "1"], "there is no setting --frobnicate"),
        (["listen.port"], "\"listen.port\" is neither a flag nor the value of one"),
        (["--listen-port"], "--listen-port has no value"),
        (
            ["--listen-port", "eighty"],
            "listen.port, set by the flag --listen-port, must be a whole number from 0 to 65535"
        ),
        (["--listen-port", "65536"], "listen.port"),
        (
            ["--listen-host", "localhost"],
            "listen.host, set by the flag --listen-host, must be an IP address"
        ),
        (["--log-level", "loud"], "must be one of trace, debug, info"),
        (["--log-requests=perhaps"], "log.requests, set by the flag --log-requests, must be true or false"),
        (
            ["--token-secret", "short"],
            "token.secret, set by the flag --token-secret, must have at least 32 bytes"
        ),
        (["--web-trusted-proxies", "10.0.0.0/8,nowhere"], "web.trusted-proxies"),
        (["--web-allowed-origins", "school.example"], "web.allowed-origins"),
        (["--token-key-set-url", "http://issuer.example/keys"], "token.key-set-url"),
        (["--token-key-set-url", "https://user:word@issuer.example/keys"], "must be a URL such as https://"),
        (["--outgoing-allowed-networks", "10.0.0.0/8,intranet"], "outgoing.allowed-networks"),
        (["--web-allowed-origins", "https://school.example/path"], "without a path"),
        (
            ["--database-url", "postgres://host:port/x"],
            "database.url, set by the flag --database-url, must be a URL"
        ),
        (["--loops=1", "--loops=2"], "--loops is given twice"),
        (["--namespaces", "chat:ephemeral"], "names chat, which is one of Cohort's own"),
        (["--namespaces", "app:log"], "namespaces"),
        (
            ["--namespaces", "app:stream publsh"],
            "has \"publsh\" in \"app:stream publsh\"; known are publish"
        ),
        (["--namespaces", "app:ephemeral delta"], "which needs a stream"),
        (["--namespaces", "app:ephemeral,app:stream"], "names app twice"),
    ])
    func `refuses flags that it cannot use`(flags: [String], sentence: String) throws {
        let problem = try #require(self.problem(flags))
        #expect(problem.contains(sentence), "\(problem)")
    }

    @Test func `refuses variables and keys of a file that it does not know`() throws {
        let variable = try #require(problem(environment: ["COHORT_LISTEN_PROT": "1"]))
        #expect(
            variable.contains("COHORT_LISTEN_PROT") && variable.contains("did you mean COHORT_LISTEN_PORT?"))
        let key = try #require(problem(yaml: "live:\n  pong_seconds: 3\n"))
        #expect(key.contains("live.pong_seconds") && key.contains("did you mean live.pong-seconds?"))
    }

    @Test(arguments: [
        ("listen: [", "cannot be read"), ("- a\n- b\n", "cannot be read"),
        ("listen:\n  port: many\n", "listen.port"),
        ("operators: admin@x.example\n", "operators"), ("operators:\n  - {a: b}\n", "cannot be read"),
    ])
    func `refuses files that it cannot use`(yaml: String, sentence: String) throws {
        let problem = try #require(self.problem(yaml: yaml))
        #expect(problem.contains(sentence), "\(problem)")
    }

    @Test(arguments: ["", "# nothing\n\n   # more\n"])
    func `takes a file without settings`(yaml: String) throws { #expect(try read(yaml: yaml).loops >= 1) }

    @Test func `refuses a file that is not there`() throws {
        #expect(throws: ConfigurationProblem.self) {
            try Configuration(arguments: [], environment: [:], file: "/nowhere/cohort.yaml")
        }
    }

    @Test func `prints nobody's login`() throws {
        let configuration = try read(["--operators", "ada@school.example,bob@school.example"])
        #expect(configuration.operators == ["ada@school.example", "bob@school.example"])
        let text = configuration.lines.joined(separator: "\n") + "\(configuration.metadata)"
        #expect(!text.contains("school.example") && text.contains("[2 hidden]"))
    }

    @Test func `never prints a secret`() throws {
        let secret = "0123456789abcdef0123456789abcdef"
        let configuration = try read(
            ["--token-secret", secret, "--database-url", "postgres://app:hunter2@db.example/cohort"],
            environment: ["COHORT_DATABASE_OWNER_URL": "postgres://owner:hunter3@db.example/cohort"])
        let text = configuration.lines.joined(separator: "\n") + "\(configuration.metadata)"
        #expect(!text.contains(secret) && !text.contains("hunter"))
        #expect(text.contains("[hidden]") && text.contains("postgres://app@db.example/cohort"))
        #expect(!"\(configuration.tokenSecret as Any)".contains("0123"))
        // Nor does a complaint.
        let complaint = try #require(
            problem(["--database-url", "postgres://app:hunter2@db.example:x/cohort"]))
        #expect(!complaint.contains("hunter2"))
    }

    @Test func `hands on what is set, whatever place it comes from`() throws {
        let variables = try read(
            ["--loops", "3"], environment: ["COHORT_REDIS_URL": "redis://:hunter2@redis.example"],
            yaml: "operators: [a@x.example, b@x.example]\n"
        ).variables
        #expect(!"\(variables)".contains("hunter2"))
        #expect(
            variables.secret == [
                "COHORT_LOOPS": "3", "COHORT_REDIS_URL": "redis://:hunter2@redis.example",
                "COHORT_OPERATORS": "a@x.example,b@x.example",
            ])
    }

    @Test func `reads where Redis is, and never prints its password`() throws {
        #expect(try read().redis == nil)
        let configuration = try read(["--redis-url", "redis://:hunter2@redis.example:6380"])
        #expect(configuration.redis?.password == "hunter2")
        #expect(configuration.lines.contains { $0.contains("redis://redis.example:6380/0") })
        #expect(!configuration.lines.joined().contains("hunter2"))
        let complaint = try #require(problem(["--redis-url", "redis://:hunter2@a,b"]))
        #expect(complaint.contains("redis.url") && !complaint.contains("hunter2"))
    }

    @Test func `has one name for each key and place`() {
        let keys = ConfigurationKeys.all
        #expect(Set(keys.map(\.name)).count == keys.count)
        #expect(Set(keys.map(\.flag)).count == keys.count)
        #expect(Set(keys.map(\.variable)).count == keys.count)
        #expect(keys.allSatisfy { ConfigurationKeys.help.contains($0.flag) })
        #expect(keys.allSatisfy { ConfigurationKeys.markdown.contains("`\($0.name)`") })
    }

    @Test func `agrees with the example in deploy`() throws {
        let root = #filePath.components(separatedBy: "/Tests/App/")[0]
        let configuration = try Configuration(
            arguments: [], environment: [:], file: root + "/deploy/cohort.example.yaml")
        #expect(configuration.address.port == 8080)
        #expect(configuration.trustedProxies.trusts("127.0.0.1"))
    }
}
