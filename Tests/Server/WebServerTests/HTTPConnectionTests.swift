import HTTPTypes
import JSON
import TestKit
import Testing

@testable import WebServer

/// What is refused, and with which status.
private let malformed: [(String, Int)] = [
    ("GET /hello HTTP/1.1\nHost: a\n\n", 400),
    ("GET /hello HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
    ("GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("GET /hello HTTP/1.1\r\n\r\n", 400),
    ("GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    ("GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    ("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ("GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /hello\r\n\r\n", 400),
    ("\u{16}\u{3}\u{1}\u{2}", 400),
    ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    (
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400
    ),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na", 400),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 0\r\n\r\n", 417),
    ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ("GET /hello HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
    ("GET /hello HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: 1\r\n", count: 101))\r\n", 431),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
]

/// A body of some size for `/echo`, and the status that it gets.
private func sized(bytes: Int, chunked: Bool, _ status: Int) -> (String, Int) {
    let body = String(repeating: "x", count: bytes)
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\n"
    guard chunked else { return ("\(head)Content-Length: \(bytes)\r\n\r\n\(body)", status) }
    return (
        "\(head)Transfer-Encoding: chunked\r\n\r\n\(String(bytes, radix: 16))\r\n\(body)\r\n0\r\n\r\n", status
    )
}

@Suite(.ownThread)
struct `HTTP connection` {
    static let routes: [Route] = [
        Route(.get, "/hello", access: .anyone) { _, _ in .text("hello\n") },
        Route(.post, "/echo", access: .anyone, bodyLimit: 100) { request, _ in
            WebResponse(headers: [.contentType: "text/plain"], body: .bytes(request.body))
        },
        Route(.post, "/large", access: .anyone, bodyLimit: 1 << 20) { request, _ in
            .text("\(request.body.count)")
        },
        Route(.get, "/things/:id", access: .anyone) { request, _ in .text("thing \(try request.id("id"))") },
        Route(.get, "/query", access: .anyone) { request, _ in
            .text(request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "|"))
        },
    ]

    private func get(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(more)\r\n"
    }

    private func post(_ path: String, _ body: String, _ more: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
    }

    // MARK: The usual

    @Test func `answers with everything a browser must be told`() throws {
        let site = try TestSite(Self.routes)
        let response = try site.client().exchange(get("/hello", "X-Request-Id: abc-1\r\n"))
        #expect(response.status == 200)
        #expect(response.text == "hello\n")
        #expect(response["content-length"] == "6")
        #expect(response["x-request-id"] == "abc-1")
        #expect(response["cache-control"] == "no-store")
        #expect(
            response["content-security-policy"]?.contains("default-src 'self'; script-src 'self'") == true)
        #expect(response["x-content-type-options"] == "nosniff")
        #expect(response["referrer-policy"] != nil)
        #expect(response["cross-origin-opener-policy"] == "same-origin")
        #expect(response["cross-origin-resource-policy"] == "same-origin")
        #expect(response["permissions-policy"] != nil)
        #expect(response["date"]?.hasSuffix(" GMT") == true)
        #expect(response["server"] == nil)
    }

    @Test(arguments: ["a b", "x\u{7F}", "\u{E4}", String(repeating: "a", count: 65), "<script>"])
    func `makes its own request id when the client's could do harm`(id: String) throws {
        let site = try TestSite(Self.routes)
        let request = get("/hello", "X-Request-Id: \(id)\r\n")
        let response = try site.client().exchange(request)
        #expect(response["x-request-id"] != id)
        #expect(response.status == 200 || response.status == 400)
    }

    @Test func `keeps the connection and answers pipelined requests in order`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        try client.send(
            post("/echo", "one") + get("/things/2") + get("/nothing") + post("/echo", "four") + get("/hello"))
        let texts = try (0..<5).map { _ in try client.readResponse() }
        #expect(texts.map(\.status) == [200, 200, 404, 200, 200])
        #expect(
            [texts[0], texts[1], texts[3], texts[4]].map(\.text) == ["one", "thing 2", "four", "hello\n"])
        #expect(try client.exchange(get("/hello")).status == 200)
    }

    @Test func `answers a thousand pipelined requests`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        try client.send((1...1000).map { get("/things/\($0)") }.joined())
        for number in 1...1000 { #expect(try client.readResponse().text == "thing \(number)") }
    }

    @Test func `understands requests that come byte by byte`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        let chunked =
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        for byte in Array((post("/echo", "xyz") + chunked).utf8) { try client.send([byte]) }
        #expect(try client.readResponse().text == "xyz")
        #expect(try client.readResponse().text == "abcde")
    }

    @Test func `answers HEAD as GET without the body`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        let response = try client.exchange("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(response.status == 200)
        #expect(response["content-length"] == "6")
        #expect(try client.exchange(get("/hello")).text == "hello\n")
    }

    @Test func `closes when it is asked to, and for HTTP 1.0`() throws {
        let site = try TestSite(Self.routes)
        let asked = try site.client()
        #expect(try asked.exchange(get("/hello", "Connection: close\r\n"))["connection"] == "close")
        #expect(try asked.readToEnd().isEmpty)
        let old = try site.client()
        #expect(try old.exchange("GET /hello HTTP/1.0\r\n\r\n").status == 200)
        #expect(try old.readToEnd().isEmpty)
    }

    // MARK: Paths and methods

    @Test(arguments: [
        ("GET", "/nothing", 404), ("GET", "/things/x", 404), ("GET", "/things/0", 404),
        ("GET", "//hello", 404),
        ("DELETE", "/hello", 405), ("PROPFIND", "/hello", 405), ("OPTIONS", "/hello", 204),
        ("OPTIONS", "*", 204),
        ("GET", "/hello/", 308), ("POST", "/hello/", 404), ("GET", "//evil.example/", 404),
        ("GET", "/a/../hello", 400),
        ("GET", "/%2e%2e/hello", 400), ("GET", "/%00", 400), ("GET", "/%zz", 400), ("GET", "/h%65llo", 200),
        ("GET", "http://a/hello", 200),
    ])
    func `gives paths and methods their status`(method: String, path: String, status: Int) throws {
        let site = try TestSite(Self.routes)
        let response = try site.client().exchange("\(method) \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(response.status == status)
        if status == 405 { #expect(response["allow"] == "GET, HEAD, OPTIONS") }
        if status == 308 { #expect(response["location"] == "/hello") }
        if status == 404 { #expect(response.text.contains(#""code":"not_found""#)) }
    }

    @Test func `keeps the query when it sends to a path without the slash`() throws {
        let site = try TestSite(Self.routes)
        #expect(try site.client().exchange(get("/hello/?a=b%20c"))["location"] == "/hello?a=b%20c")
    }

    @Test func `decodes the query in its order`() throws {
        let site = try TestSite(Self.routes)
        #expect(try site.client().exchange(get("/query?b=1&a=x+y&b=%C3%A4&c")).text == "b=1|a=x y|b=ä|c=")
    }

    @Test func `answers what is not there alike, but for the request's id`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        let bodies = try ["/things/9x", "/nothing/at/all", "/things/0"].map { path in
            try client.exchange(get(path, "X-Request-Id: same\r\n")).body
        }
        #expect(Set(bodies).count == 1)
    }

    // MARK: Bodies

    @Test(arguments: [
        sized(bytes: 100, chunked: false, 200), sized(bytes: 101, chunked: false, 413),
        sized(bytes: 100, chunked: true, 200), sized(bytes: 101, chunked: true, 413),
    ])
    func `takes a body up to the route's limit`(request: String, status: Int) throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        let response = try client.exchange(request)
        #expect(response.status == status)
        #expect((response["connection"] == "close") == (status == 413))
    }

    @Test func `reads a large body and goes on with the connection`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        #expect(try client.exchange(post("/large", String(repeating: "y", count: 1 << 20))).text == "1048576")
        #expect(try client.exchange(get("/hello")).status == 200)
    }

    @Test func `keeps the connection after refusing a short body`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        #expect(try client.exchange(post("/nothing", "abc")).status == 404)
        #expect(try client.exchange(get("/hello")).status == 200)
    }

    @Test func `asks for the body only when it will be read`() throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        let expecting = { (path: String, length: Int) in
            "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n"
        }
        #expect(try client.exchange(expecting("/echo", 3)).status == 100)
        try client.send("abc")
        #expect(try client.readResponse().text == "abc")
        #expect(try client.exchange(expecting("/nothing", 3)).status == 404)
        #expect(try client.readToEnd().isEmpty)
        let other = try site.client()
        #expect(try other.exchange(expecting("/echo", 101)).status == 413)
        let eager = try site.client()
        try eager.send(expecting("/echo", 3) + "abc")
        let first = try eager.readResponse()
        #expect(first.status == 100 || first.text == "abc")
    }

    // MARK: What is no HTTP

    @Test(arguments: malformed)
    func `refuses what is no HTTP and closes, whatever follows`(request: String, status: Int) throws {
        let site = try TestSite(Self.routes)
        let client = try site.client()
        try client.send(request + get("/hello"))
        let response = try client.readResponse()
        #expect(response.status == status)
        #expect(response["connection"] == "close")
        #expect(response.text.hasPrefix(#"{"errors":[{"message":"#))
        #expect(response["content-security-policy"] != nil)
        // Nothing of what was smuggled behind is answered.
        #expect(try client.readToEnd().isEmpty)
    }
}
