import HTTP
import Testing

struct `Form fields` {
    @Test(arguments: [
        ("", []), ("&&", []), ("a=b", ["a", "b"]), ("a", ["a", ""]), ("a=", ["a", ""]), ("=b", ["", "b"]),
        ("a=b&a=c&d=e", ["a", "b", "a", "c", "d", "e"]), ("a=b=c", ["a", "b=c"]),
        ("q[0][x]=1", ["q[0][x]", "1"]), ("q%5B%5D=1", ["q[]", "1"]), ("a+b=c%2Bd+e", ["a b", "c+d e"]),
        ("n=%C3%A9%F0%9F%91%8D", ["n", "é👍"]), ("a=%00", ["a", "\0"]), ("a=é", ["a", "é"]),
        ("a=%26&b=%3D", ["a", "&", "b", "="]),
    ])
    func `are decoded in their order`(text: String, flat: [String]) throws {
        let form = try FormFields(parsing: text)
        #expect(form.fields.flatMap { [$0.name, $0.value] } == flat)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%4x", "%zz=1", "a=%C3", "a=%ff", "a=%ED%A0%80", "a=%C0%AF"])
    func `are refused where they are no text`(text: String) {
        #expect(throws: HTTPError.invalidForm) { try FormFields(parsing: text) }
    }

    @Test func `are bounded in number`() throws {
        #expect(try FormFields(parsing: "a&b&c", limit: 3).fields.count == 3)
        #expect(try FormFields(parsing: "a&b&c&", limit: 3).fields.count == 3)
        #expect(throws: HTTPError.tooManyFormFields) { try FormFields(parsing: "a&b&c&d", limit: 3) }
    }

    @Test func `are looked up by name`() throws {
        let form = try FormFields(parsing: "a=1&b=2&a=3")
        #expect(form["a"] == "1")
        #expect(form.all("a") == ["1", "3"])
        #expect(form["c"] == nil)
    }

    @Test func `come from the query`() throws {
        let reading = Reading(request("GET /?per_page=2&x[]=a+b HTTP/1.1"))
        let target = try #require(reading.requests.first).head.target
        #expect(try target.queryFields()["x[]"] == "a b")
    }
}

struct `Percent coding` {
    @Test(arguments: ["", "abc", "a b/c", "é👍", "%", "~-._", "\0\n"])
    func `goes there and back`(text: String) {
        let encoded = PercentCoding.encode(text)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        for plusIsSpace in [false, true] {
            let decoded = PercentCoding.decode(encoded.utf8.span, plusIsSpace: plusIsSpace)
            #expect(decoded == text)
        }
    }
}
