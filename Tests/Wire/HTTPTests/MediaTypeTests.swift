import HTTP
import Testing

struct `Media type` {
    @Test(
        arguments: [
            ("application/json", "application/json", []), ("Text/HTML", "text/html", []),
            ("text/html;charset=UTF-8", "text/html", ["charset", "UTF-8"]),
            ("text/html ; Charset=\"utf-8\" ;", "text/html", ["charset", "utf-8"]),
            (
                "multipart/form-data; boundary=\"a;\\\"b\"; x=y", "multipart/form-data",
                ["boundary", "a;\"b", "x", "y"]
            ),
            ("a/b;;c=", nil, []), ("a/b;;c=d", "a/b", ["c", "d"]), ("a/b; c=\"é\"", "a/b", ["c", "é"]),
            ("", nil, []), ("a", nil, []), ("a/", nil, []), ("/b", nil, []), ("a/b c", nil, []),
            ("a/b; c", nil, []),
            ("a/b; c =d", nil, []), ("a/b; c= d", nil, []), ("a/b; c=\"d", nil, []),
            ("a/b; c=d; C=e", nil, []),
            ("a/b, c/d", nil, []), (" a/b", nil, []),
        ] as [(String, String?, [String])])
    func `is taken apart`(text: String, essence: String?, flat: [String]) {
        let type = MediaType(parsing: text)
        #expect(type?.essence == essence)
        #expect(type?.parameters.flatMap { [$0.name, $0.value] } ?? [] == flat)
    }

    @Test(arguments: [
        ("application/json", true), ("application/json; charset=UTF-8", true),
        ("application/problem+json", true),
        ("application/json; charset=latin1", false), ("text/json", false), ("application/jsonp", false),
    ])
    func `knows JSON`(text: String, isJSON: Bool) {
        #expect(MediaType(parsing: text)?.isJSON == isJSON)
    }

    @Test func `knows forms`() {
        #expect(MediaType(parsing: "application/x-www-form-urlencoded; charset=utf-8")?.isForm == true)
        #expect(MediaType(parsing: "multipart/form-data; boundary=a")?.isForm == false)
    }
}
