import HTTP
import Testing

struct `Request target` {
    private func target(_ text: String, method: String = "GET") throws -> RequestTarget {
        let reading = Reading(request("\(method) \(text) HTTP/1.1"))
        #expect(reading.error == nil)
        return try #require(reading.requests.first).head.target
    }

    @Test(arguments: [
        ("/", "/", nil), ("/a", "/a", nil), ("/a?", "/a", ""), ("/a?b?c", "/a", "b?c"),
        ("//a//b", "//a//b", nil),
        ("/?x[]={1}|^`\\'", "/", "x[]={1}|^`\\'"), ("/a[1]|b", "/a[1]|b", nil), ("/%41", "/%41", nil),
        ("/.well-known/x:y@z,;=!$&'()*+~", "/.well-known/x:y@z,;=!$&'()*+~", nil),
    ])
    func `in origin-form`(text: String, path: String, query: String?) throws {
        let target = try target(text)
        #expect(target.form == .origin)
        #expect(target.raw == text)
        #expect(target.path == path)
        #expect(target.query == query)
    }

    @Test(arguments: [
        ("http://a", "http", "/", nil), ("HTTP://A/", "http", "/", nil),
        ("https://a/b?c", "https", "/b", "c"),
        ("http://a?c", "http", "/", "c"),
    ])
    func `in absolute-form`(text: String, scheme: String, path: String, query: String?) throws {
        let target = try target(text)
        #expect(target.form == .absolute(scheme: scheme, authority: "a"))
        #expect(target.path == path)
        #expect(target.query == query)
    }

    @Test func `in asterisk-form`() throws {
        let target = try target("*", method: "OPTIONS")
        #expect(target.form == .asterisk)
        #expect(target.path == "*")
        #expect(try target.segments() == [])
    }

    @Test(arguments: ["a", "A.example", "1.2.3.4:1", "[::1]", "[2001:DB8::1]:65535", "a_b-c.d:0"])
    func `takes the host`(host: String) {
        let reading = Reading(request(host: "Host: \(host)"))
        #expect(reading.requests.first?.head.host == host.lowercased())
    }

    @Test func `takes the host of an absolute target without Host in HTTP 1.0`() {
        let reading = Reading(request("GET http://b:81/ HTTP/1.0", host: nil))
        #expect(reading.requests.first?.head.host == "b:81")
    }

    @Test(arguments: [
        ("/", []), ("/a/b", ["a", "b"]), ("/a/", ["a", ""]), ("//a", ["", "a"]),
        ("/a%20b/%C3%A9", ["a b", "é"]),
        ("/a+b", ["a+b"]), ("/a%2Fb", ["a/b"]), ("/...", ["..."]), ("/a%25", ["a%"]),
    ])
    func `splits and decodes the path`(path: String, segments: [String]) throws {
        #expect(try target(path).segments() == segments)
    }

    @Test(arguments: [
        "/.", "/..", "/a/../b", "/a/./b", "/%2e%2E/a", "/%2e", "/%00", "/a%0Ab", "/%7f", "/%C3", "/%ff%fe",
    ])
    func `refuses paths that climb or are no text`(path: String) throws {
        let target = try target(path)
        #expect(throws: HTTPError.invalidPath) { try target.segments() }
    }
}
