import HTTPTypes
import JSON
import Testing

@testable import WebServer

struct `Bracketed form` {
    private func items(_ text: String) -> [WebRequest.Item] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return WebRequest.Item(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    @Test(arguments: [
        ("", #"{}"#),
        ("a=1", #"{"a":"1"}"#),
        ("a=1&a=2", #"{"a":"2"}"#),
        ("a[b]=1&a[c]=2", #"{"a":{"b":"1","c":"2"}}"#),
        ("a[]=1&a[]=2", #"{"a":["1","2"]}"#),
        ("a[b][]=c&a[b][]=d", #"{"a":{"b":["c","d"]}}"#),
        ("a[][x]=1&a[][y]=2&a[][x]=3", #"{"a":[{"x":"1","y":"2"},{"x":"3"}]}"#),
        ("a[][x][y]=1&a[][x][z]=2&a[][x][y]=3", #"{"a":[{"x":{"y":"1","z":"2"}},{"x":{"y":"3"}}]}"#),
        ("a[0][t]=x&a[1][t]=y", #"{"a":{"0":{"t":"x"},"1":{"t":"y"}}}"#),
        ("z=1&a=2&z[]=", "!"),
        ("b[]=1&b[x]=2", "!"), ("b[x]=1&b[]=2", "!"), ("b[x]=1&b=2", "!"), ("b=1&b[x]=2", "!"),
        ("a[=1", "!"), ("a]=1", "!"), ("a[b=1", "!"), ("a[b]c=1", "!"), ("[a]=1", "!"), ("=1", "!"),
        ("a[[b]]=1", "!"), ("a]b[c]=1", "!"),
    ])
    func `becomes an object or is refused`(text: String, expected: String) throws {
        guard expected != "!" else {
            let error = #expect(throws: WebError.self) { try BracketedForm.object(items(text)) }
            #expect(error?.status == .badRequest)
            #expect(error?.code == "malformed_form")
            return
        }
        #expect(RawJSON(.object(try BracketedForm.object(items(text)))).text == expected)
    }

    @Test func `may be nested sixteen deep and no deeper`() throws {
        let deep = "a" + String(repeating: "[b]", count: 16)
        _ = try BracketedForm.object([.init(deep, "1")])
        #expect(throws: WebError.self) { try BracketedForm.object([.init(deep + "[b]", "1")]) }
    }
}

struct `Body` {
    private func request(_ type: String?, _ body: String) -> WebRequest {
        var request = WebRequest(method: .post)
        if let type { request.headers[.contentType] = type }
        request.body = Array(body.utf8)
        return request
    }

    @Test(arguments: [
        ("application/json", #"{"a":"1"}"#), ("application/json; charset=UTF-8", #"{"a":"1"}"#),
        ("application/x-www-form-urlencoded", "a=1"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n"
        ),
    ])
    func `gives the same fields from JSON and from a form`(type: String, body: String) throws {
        #expect(try request(type, body).fields().string("a", max: 10) == "1")
    }

    @Test func `may be a form in parts, whose names have brackets, and must be UTF-8`() throws {
        func form(_ values: [(String, [UInt8])]) -> WebRequest {
            var request = WebRequest(method: .post)
            request.headers[.contentType] = "multipart/form-data; boundary=x"
            for (name, value) in values {
                request.body +=
                    Array("--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8) + value
                    + Array("\r\n".utf8)
            }
            request.body += Array("--x--\r\n".utf8)
            return request
        }
        let fields = try form([("course[name]", Array("Früh".utf8)), ("ids[]", [0x31]), ("ids[]", [])])
            .fields()
        #expect(
            RawJSON(.object(fields.object)).text == #"{"course":{"name":"Früh"},"ids":["1",""]}"#)
        let error = #expect(throws: WebError.self) { try form([("a", [0xFF])]).fields() }
        #expect(error?.status == .badRequest && error?.items.first?.field == "a")
        let many = form((0..<1001).map { ("a\($0)", [0x31]) })
        #expect(throws: WebError.self) { try many.fields() }
    }

    @Test func `may be missing altogether`() throws {
        #expect(try request(nil, "").fields().object.isEmpty)
        #expect(try request("application/json", "").fields().object.isEmpty)
    }

    @Test(
        arguments: [
            (nil, "{}", 415, "unsupported_media_type"),
            ("text/plain", "{}", 415, "unsupported_media_type"),
            ("garbage", "", 415, "unsupported_media_type"),
            ("application/json", #"{"a":}"#, 400, "malformed_json"),
            ("application/json", "[1]", 400, "invalid"),
            ("application/x-www-form-urlencoded", "a=%zz", 400, "invalid_form"),
            ("application/x-www-form-urlencoded", "a=%FF", 400, "invalid_form"),
            ("multipart/form-data", "", 400, "malformed_form"),
            ("multipart/form-data; boundary=x", "--x\r\n", 400, "malformed_form"),
            (
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\n1\r\n--x--\r\n",
                400,
                "malformed_form"
            ),
        ] as [(String?, String, Int, String)])
    func `is refused with a reason`(type: String?, body: String, status: Int, code: String) {
        let error = #expect(throws: WebError.self) { try request(type, body).fields() }
        #expect(error?.status.code == status)
        #expect(error?.code == code)
    }

    @Test func `says where the JSON breaks`() {
        let error = #expect(throws: WebError.self) { try request("application/json", #"{"a":}"#).json() }
        #expect(error?.items[0].message.contains("byte 5") == true)
    }

    @Test(
        arguments: [
            ("7", 7), ("9007199254740991", 9_007_199_254_740_991), ("0", nil), ("-1", nil), ("+7", nil),
            ("7a", nil),
            ("9007199254740992", nil), ("", nil), ("99999999999999999999", nil),
        ] as [(String, Int64?)])
    func `Ids in a path are numbers or nobody's`(text: String, expected: Int64?) throws {
        var request = WebRequest()
        request.parameters["id"] = text
        if let expected {
            #expect(try request.id("id") == expected)
        } else {
            #expect(throws: WebError.notFound) { try request.id("id") }
        }
    }

    @Test(
        arguments: [
            ("Bearer abc", "abc"), ("bearer  abc", "abc"), ("Basic abc", nil), ("Bearer", nil),
            ("Bearer ", nil),
        ] as [(String, String?)])
    func `Bearer tokens are read`(field: String, token: String?) {
        var request = WebRequest()
        request.headers[.authorization] = field
        #expect(request.bearerToken == token)
    }
}
