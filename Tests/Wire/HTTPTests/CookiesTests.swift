import HTTP
import HTTPTypes
import Testing

struct `Cookies sent` {
    @Test(arguments: [
        ("a=b", ["a", "b"]), ("a=b; c=d", ["a", "b", "c", "d"]),
        ("a=b;c=d ;  e=f", ["a", "b", "c", "d", "e", "f"]),
        ("a=", ["a", ""]), ("a=b=c", ["a", "b=c"]), ("a=\"b\"", ["a", "b"]),
        ("a=b; a=c", ["a", "b", "a", "c"]),
        ("", []), (";;", []), ("=b", []), ("a", []), ("a b=c; d=e", ["d", "e"]), ("a=b c; d=e", ["d", "e"]),
        ("a=\"b; d=e", ["d", "e"]), ("a=é; d=e", ["d", "e"]), ("a=b,c; d=e", ["d", "e"]),
    ])
    func `are read leniently`(text: String, flat: [String]) {
        #expect(Cookies(parsing: text).pairs.flatMap { [$0.name, $0.value] } == flat)
    }

    @Test func `come from all fields, the first one first`() {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .cookie, value: "a=1; b=2"))
        fields.append(HTTPField(name: .cookie, value: "a=3; c=4"))
        let cookies = Cookies(fields)
        #expect(cookies["a"] == "1")
        #expect(cookies["c"] == "4")
        #expect(cookies["d"] == nil)
    }

    @Test func `are bounded in number`() {
        let text = (0..<200).map { "a\($0)=1" }.joined(separator: ";")
        #expect(Cookies(parsing: text).pairs.count == 100)
    }
}

struct `Cookies set` {
    @Test func `are strict by default`() throws {
        #expect(
            try SetCookie(name: "a", value: "b").encoded() == "a=b; Path=/; HttpOnly; Secure; SameSite=Lax")
    }

    @Test func `have attributes`() throws {
        let cookie = SetCookie(
            name: "__Secure-a", value: "", path: "/live", maxAge: 0, isHTTPOnly: false, isSecure: true,
            sameSite: .strict)
        #expect(try cookie.encoded() == "__Secure-a=; Path=/live; Max-Age=0; Secure; SameSite=Strict")
        #expect(try cookie.field().name == .setCookie)
    }

    @Test(arguments: [
        SetCookie(name: "", value: "b"), SetCookie(name: "a b", value: "b"),
        SetCookie(name: "a=", value: "b"),
        SetCookie(name: "a", value: "b;c"), SetCookie(name: "a", value: "b c"),
        SetCookie(name: "a", value: "b\r\n"),
        SetCookie(name: "a", value: "é"), SetCookie(name: "a", value: "b", path: "x"),
        SetCookie(name: "a", value: "b", path: "/;Domain=x"), SetCookie(name: "a", value: "b", path: ""),
        SetCookie(name: "__Host-a", value: "b", path: "/x"),
        SetCookie(name: "__Host-a", value: "b", isSecure: false),
        SetCookie(name: "__secure-a", value: "b", isSecure: false),
        SetCookie(name: "a", value: "b", isSecure: false, sameSite: .none),
    ])
    func `are refused where they would not be one cookie`(cookie: SetCookie) {
        #expect(throws: ResponseError.invalidCookie(cookie.name)) { try cookie.encoded() }
    }
}
