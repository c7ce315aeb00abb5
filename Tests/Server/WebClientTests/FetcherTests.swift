import EventLoop
import Foundation
import HTTP
import HTTPTypes
import Sockets
import TestKit
import Testing

@testable import WebClient

struct `Fetching over the web` {
    private let certificates: TestCertificates
    private let identity: TestCertificates.Identity
    private let loop: EventLoop
    private let tls: TLSContext

    init() throws {
        certificates = try TestCertificates()
        identity = try certificates.issue()
        loop = try EventLoop(index: 0, label: "test")
        tls = try .client(trusting: .file(certificates.authorityFile))
    }

    private func fetcher(_ networks: [String] = ["127.0.0.0/8", "::1"], concurrency: Int = 16) throws
        -> Fetcher
    {
        let policy = OutgoingPolicy(allowedNetworks: try networks.map { try IPNetwork($0) })
        return Fetcher(loop: loop, tls: tls, policy: policy, concurrency: concurrency)
    }

    private func url(
        _ server: ScriptedServer, _ path: String = "/", host: String = "localhost", scheme: String = "https"
    )
        throws -> WebURL
    {
        try WebURL("\(scheme)://\(host):\(server.address.port)\(path)")
    }

    private func error(_ fetcher: Fetcher, _ request: OutgoingRequest) async -> FetchError? {
        await failure(FetchError.self) { try await fetcher.fetch(request) }
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `fetches by https, from a name or an address`(host: String) async throws {
        let server = try await ScriptedServer.start(identity) { _ in .bytes(answer(body: "hello")) }
        let found = try await fetcher().fetch(
            patient(.get, try url(server, "/a?b", host: host), fields: [.accept: "*/*"]))
        #expect(found.status == .ok)
        #expect(found.body == Array("hello".utf8))
        #expect(
            server.requests == [
                "GET /a?b HTTP/1.1\r\nHost: \(host):\(server.address.port)\r\nConnection: close\r\nAccept: */*\r\n\r\n"
            ])
        server.stop()
    }

    @Test func `posts a body`() async throws {
        let server = try await ScriptedServer.start(identity) { text in
            .bytes(answer("HTTP/1.1 201 Created", body: String(text.suffix(4))))
        }
        let found = try await fetcher().fetch(
            patient(.post, try url(server), body: Array("a=bc".utf8)))
        #expect(found.status.code == 201)
        #expect(found.body == Array("a=bc".utf8))
        #expect(server.requests[0].contains("\r\nContent-Length: 4\r\n"))
        server.stop()
    }

    @Test func `asks, puts and deletes`() async throws {
        let server = try await ScriptedServer.start(identity) { text in
            let isHead = text.hasPrefix("HEAD ")
            return .bytes(isHead ? Array("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n".utf8) : answer())
        }
        let fetcher = try fetcher()
        let head = try await fetcher.fetch(patient(.head, try url(server)))
        #expect(head.fields[.contentLength] == "7" && head.body.isEmpty)
        _ = try await fetcher.fetch(patient(.put, try url(server), body: Array("abc".utf8)))
        _ = try await fetcher.fetch(patient(.delete, try url(server)))
        #expect(server.requests.map { $0.prefix { $0 != " " } } == ["HEAD", "PUT", "DELETE"])
        #expect(server.requests[1].hasSuffix("\r\n\r\nabc"))
        server.stop()
    }

    @Test(arguments: [0, 5, 2_000_000])
    func `sends a file piece by piece`(size: Int) async throws {
        let server = try await ScriptedServer.start(identity) { text in
            .bytes(answer(body: "\(text.utf8.count { $0 == UInt8(ascii: "~") })"))
        }
        let path = FileManager.default.temporaryDirectory.appending(path: "cohort-\(UUID())").path
        try Data(repeating: UInt8(ascii: "~"), count: size).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lane = WorkLane(label: "test-disk", width: 1, backlog: 4)
        var request = patient(.put, try url(server))
        request.file = OutgoingFile(path: path, size: size, lane: lane)
        #expect(try await fetcher().fetch(request).body == Array("\(size)".utf8))
        // One that has become shorter cannot keep the length that was promised.
        request.file = OutgoingFile(path: path, size: size + 1, lane: lane)
        #expect(await error(try fetcher(), request) == .badFile)
        request.file = OutgoingFile(path: "/nonexistent", size: 1, lane: lane)
        #expect(await error(try fetcher(), request) == .badFile)
        server.stop()
    }

    @Test func `fetches by http only where the caller allows it`() async throws {
        let server = try await ScriptedServer.start { _ in .bytes(answer(body: "plain")) }
        let plain = try url(server, scheme: "http")
        let fetcher = try fetcher()
        #expect(await error(fetcher, patient(.get, plain)) == .notSecure)
        #expect(server.requests.isEmpty)
        let found = try await fetcher.fetch(patient(.get, plain, allowsPlainHTTP: true))
        #expect(found.body == Array("plain".utf8))
        server.stop()
    }

    // MARK: Where it does not go

    @Test(arguments: ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
    func `does not connect to this machine unless an operator says so`(host: String) async throws {
        let server = try await ScriptedServer.start(identity) { _ in .bytes(answer()) }
        let fetcher = try fetcher([])
        #expect(
            await error(fetcher, patient(.get, try url(server, host: host)))
                == .forbiddenAddress(.loopback))
        #expect(server.requests.isEmpty)
        server.stop()
    }

    @Test(arguments: [
        ("https://169.254.169.254/latest/meta-data/", FetchError.forbiddenAddress(.linkLocal)),
        ("https://10.0.0.1/", .forbiddenAddress(.privateNetwork)),
        ("https://[fd00:ec2::254]/", .forbiddenAddress(.privateNetwork)),
        ("https://0.0.0.0/", .forbiddenAddress(.unspecified)),
        ("https://[64:ff9b::7f00:1]/", .forbiddenAddress(.loopback)),
        ("https://[2002:a00:1::]/", .forbiddenAddress(.privateNetwork)),
        ("https://8.8.8.8:22/", .forbiddenPort(22)),
        ("https://no-such-host.invalid/", .unknownHost("no-such-host.invalid")),
    ])
    func `refuses before it connects`(text: String, reason: FetchError) async throws {
        #expect(await error(try fetcher([]), patient(.get, try WebURL(text))) == reason)
    }

    @Test func `does not believe a host that cannot prove its name`() async throws {
        let other = try certificates.issue(for: ["DNS:other.example"])
        let server = try await ScriptedServer.start(other) { _ in .bytes(answer()) }
        #expect(
            await error(try fetcher(), patient(.get, try url(server)))
                == .unreachable(.tls(.certificate(.wrongName))))
        #expect(server.requests.isEmpty)
        server.stop()
    }

    // MARK: Redirects

    @Test func `follows redirects only when asked, and so many`() async throws {
        let server = try await ScriptedServer.start(identity) { text in
            let step = Int(text.split(separator: " ")[1].dropFirst()) ?? 0
            return step == 3
                ? .bytes(answer(body: "there"))
                : .bytes(answer("HTTP/1.1 302 Found", fields: "Location: /\(step + 1)\r\n"))
        }
        let fetcher = try fetcher()
        var request = patient(.get, try url(server, "/0"))
        #expect(try await fetcher.fetch(request).status.code == 302)
        request.limits.redirects = 2
        #expect(await error(fetcher, request) == .tooManyRedirects)
        request.limits.redirects = 3
        let found = try await fetcher.fetch(request)
        #expect(found.body == Array("there".utf8))
        #expect(found.url.target == "/3")
        server.stop()
    }

    @Test(arguments: [
        ("https://169.254.169.254/", FetchError.forbiddenAddress(.linkLocal)),
        ("https://10.0.0.1/", .forbiddenAddress(.privateNetwork)), ("http://localhost/", .notSecure),
        ("https://u@localhost/", .badURL(.userInfo)), ("file:///etc/passwd", .badURL(.scheme)),
    ])
    func `looks at where a redirect leads as at the first address`(location: String, reason: FetchError)
        async throws
    {
        let server = try await ScriptedServer.start(identity) { _ in
            .bytes(answer("HTTP/1.1 301 Moved Permanently", fields: "Location: \(location)\r\n"))
        }
        var request = patient(.get, try url(server))
        request.limits.redirects = 5
        #expect(await error(try fetcher(), request) == reason)
        server.stop()
    }

    @Test func `leaves credentials behind when a redirect leads to another origin`() async throws {
        let second = try await ScriptedServer.start(identity) { _ in .bytes(answer(body: "second")) }
        let place = try url(second)
        let first = try await ScriptedServer.start(identity) { text in
            text.hasPrefix("POST / ")
                ? .bytes(answer("HTTP/1.1 307 Temporary Redirect", fields: "Location: /again\r\n"))
                : .bytes(answer("HTTP/1.1 303 See Other", fields: "Location: \(place)\r\n"))
        }
        var request = patient(
            .post, try url(first), fields: [.authorization: "Bearer secret", .accept: "*/*"],
            body: Array("body".utf8))
        request.limits.redirects = 2
        let found = try await fetcher().fetch(request)
        #expect(found.body == Array("second".utf8))
        #expect(first.requests.count == 2)
        #expect(first.requests[1].hasPrefix("POST /again "))
        #expect(first.requests[1].contains("Bearer secret"))
        #expect(second.requests[0].hasPrefix("GET / "))
        #expect(!second.requests[0].contains("secret"))
        #expect(second.requests[0].contains("Accept"))
        first.stop()
        second.stop()
    }

    // MARK: Limits

    @Test func `takes a body up to its limit, however it is framed`() async throws {
        let hundred = String(repeating: "x", count: 100)
        let framings = [
            answer(body: hundred), Array("HTTP/1.1 200 OK\r\n\r\n\(hundred)".utf8),
            Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n\(hundred)\r\n0\r\n\r\n".utf8),
        ]
        for bytes in framings {
            let server = try await ScriptedServer.start(identity) { _ in .bytes(bytes) }
            let fetcher = try fetcher()
            var request = patient(.get, try url(server))
            request.limits.body = 100
            #expect(try await fetcher.fetch(request).body.count == 100)
            request.limits.body = 99
            #expect(await error(fetcher, request) == .tooLarge)
            server.stop()
        }
    }

    @Test func `leaves a server that never stops talking`() async throws {
        let server = try await ScriptedServer.start(identity) { _ in
            .endless(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 120, count: 30_000))
        }
        var request = patient(.get, try url(server))
        request.limits.body = 1_000_000
        #expect(await error(try fetcher(), request) == .tooLarge)
        server.stop()
    }

    @Test func `leaves a server that does not answer in time`() async throws {
        let server = try await ScriptedServer.start(identity) { _ in .silence }
        var request = patient(.get, try url(server))
        request.limits.time = .milliseconds(200)
        #expect(await error(try fetcher(), request) == .timedOut)
        server.stop()
    }

    @Test func `refuses a body that may have been cut short`() async throws {
        let server = try await ScriptedServer.start(identity) { text in
            let whole = text.hasPrefix("GET /length")
            return .cutOff(Array("HTTP/1.1 200 OK\r\n\(whole ? "Content-Length: 3\r\n" : "")\r\nabc".utf8))
        }
        let fetcher = try fetcher()
        #expect(
            await error(fetcher, patient(.get, try url(server, "/end"))) == .broken(.tls(.truncated)))
        // A length says where the end is; nothing can be missing.
        #expect(
            try await fetcher.fetch(patient(.get, try url(server, "/length"))).body
                == Array("abc".utf8))
        server.stop()
    }

    @Test(arguments: [
        ("nonsense", FetchError.badResponse(.invalidStatusLine)), ("", .badResponse(.endedEarly)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .badResponse(.endedEarly)),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc",
            .badResponse(.message(.duplicateContentLength))
        ),
    ])
    func `refuses what is no response`(text: String, reason: FetchError) async throws {
        let server = try await ScriptedServer.start(identity) { _ in .bytes(Array(text.utf8)) }
        #expect(await error(try fetcher(), patient(.get, try url(server))) == reason)
        server.stop()
    }

    @Test func `refuses more fetches than it may have under way, and takes new ones afterwards`() async throws
    {
        let server = try await ScriptedServer.start(identity) { text in
            text.hasPrefix("GET /wait") ? .silence : .bytes(answer())
        }
        let fetcher = try fetcher(concurrency: 2)
        var slow = patient(.get, try url(server, "/wait"))
        slow.limits.time = .milliseconds(700)
        let waiting = slow
        let quick = patient(.get, try url(server, "/"))
        await withTaskGroup(of: FetchError?.self) { group in
            for _ in 0..<5 { group.addTask { await error(fetcher, waiting) } }
            var outcomes: [FetchError?] = []
            for await outcome in group { outcomes.append(outcome) }
            #expect(outcomes.filter { $0 == .tooMany }.count == 3)
            #expect(outcomes.filter { $0 == .timedOut }.count == 2)
        }
        #expect(try await fetcher.fetch(quick).status == .ok)
        server.stop()
    }

    @Test func `sends no fields of its own twice and none that break the line`() async throws {
        let server = try await ScriptedServer.start(identity) { _ in .bytes(answer()) }
        for fields in [[.contentLength: "9"], [.connection: "keep-alive"]] as [HTTPFields] {
            #expect(
                await error(try fetcher(), patient(.get, try url(server), fields: fields))
                    == .badField)
        }
        #expect(server.requests.isEmpty)
        server.stop()
    }
}

/// A response's bytes.
private func answer(_ line: String = "HTTP/1.1 200 OK", fields: String = "", body: String = "") -> [UInt8] {
    Array("\(line)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
}

/// A request that bears a machine which stands still for a while.
private func patient(
    _ method: OutgoingRequest.Method = .get, _ url: WebURL, fields: HTTPFields = [:], body: [UInt8] = [],
    allowsPlainHTTP: Bool = false
) -> OutgoingRequest {
    OutgoingRequest(
        method, url, fields: fields, body: body, limits: .init(time: .seconds(60)),
        allowsPlainHTTP: allowsPlainHTTP)
}
