import Testing
import WebClient

struct `Web URL` {
    @Test(arguments: [
        ("https://a.example", "https://a.example/", UInt16(443)),
        ("HTTPS://A.Example/Path?q=1#part", "https://a.example/Path?q=1", 443),
        ("http://a.example:80/", "http://a.example/", 80),
        ("https://a.example:8443", "https://a.example:8443/", 8443),
        ("https://a.example?x", "https://a.example/?x", 443),
        ("https://a.example:/", "https://a.example/", 443),
        ("https://10.0.0.1/", "https://10.0.0.1/", 443),
        ("https://[2001:DB8::0:1]:1/", "https://[2001:db8::1]:1/", 1),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/", 443),
        ("https://a_b.1c.example/%7e~!$&'()*+,;=:@", "https://a_b.1c.example/%7e~!$&'()*+,;=:@", 443),
        ("https://localhost", "https://localhost/", 443),
    ])
    func `is taken apart`(text: String, whole: String, port: UInt16) throws {
        let url = try WebURL(text)
        #expect(url.description == whole)
        #expect(url.port == port)
        #expect(try WebURL(url.description) == url)
    }

    @Test(arguments: [
        ("", BadURL.scheme), ("a.example/", .scheme), ("ftp://a.example/", .scheme),
        ("file:///etc/passwd", .scheme),
        ("gopher://a/", .scheme), ("//a.example", .scheme),
        ("https:a.example", .host), ("https:/a.example", .host), ("https://", .host),
        ("https:///path", .host),
        ("https://user@a.example/", .userInfo), ("https://user:word@a.example/", .userInfo),
        ("https://8.8.8.8@127.0.0.1/", .userInfo), ("https://a.example:443@evil.example/", .userInfo),
        ("https://2130706433/", .host), ("https://0x7f000001/", .host), ("https://0x7f.0.0.1/", .host),
        ("https://0177.0.0.1/", .host), ("https://127.1/", .host), ("https://127.0.0.1./", .host),
        ("https://127.0.0.0x1/", .host), ("https://256.1.1.1/", .host), ("https://1.2.3.4.5/", .host),
        ("https://a..example/", .host), ("https://a.example./", .host), ("https://-a.example/", .host),
        ("https://a%2eexample/", .host), ("https://a,b/", .host), ("https://[::1/", .host),
        ("https://[a]/", .host),
        ("https://[fe80::1%25eth0]/", .host), ("https://[127.0.0.1]/", .host), ("https://[::1]x/", .host),
        ("https://a.example:0/", .port), ("https://a.example:65536/", .port),
        ("https://a.example:+1/", .port),
        ("https://a.example:80:80/", .port), ("https://a.example:8o/", .port),
        ("https://a.example/a b", .forbiddenCharacter), ("https://a.example/\r\nX: y", .forbiddenCharacter),
        ("https://a.example\\@b.example/", .forbiddenCharacter),
        ("https://b\u{fc}cher.example/", .forbiddenCharacter),
        ("https://a.example/%zz", .forbiddenCharacter), ("https://a.example/%1", .forbiddenCharacter),
        ("https://a.example/<b>", .forbiddenCharacter), ("https://a.example/\u{7f}", .forbiddenCharacter),
        ("https://a.example/{", .forbiddenCharacter), (" https://a.example/", .forbiddenCharacter),
        ("https://a.example/" + String(repeating: "a", count: 4096), .tooLong),
        ("https://" + String(repeating: "a", count: 64) + ".example/", .host),
    ])
    func `is refused where programs might read it differently`(text: String, error: BadURL) {
        #expect(throws: error) { try WebURL(text) }
    }

    @Test(arguments: [
        ("https://b.example/x", "https://b.example/x"), ("//b.example/x", "https://b.example/x"),
        ("/x", "https://a.example/x"), ("x", "https://a.example/one/x"),
        ("?y", "https://a.example/one/two?y"),
        ("", "https://a.example/one/two?q"), ("#part", "https://a.example/one/two?q"),
        ("../x?z=/../", "https://a.example/x?z=/../"), ("../../../x", "https://a.example/x"),
        ("./", "https://a.example/one/"), ("..", "https://a.example/"),
        ("x/./y/../z", "https://a.example/one/x/z"),
        ("http://b.example", "http://b.example/"),
    ])
    func `resolves references`(reference: String, whole: String) throws {
        let base = try WebURL("https://a.example/one/two?q")
        #expect(try base.resolving(reference).description == whole)
    }

    @Test(arguments: [
        ("javascript:alert(1)", BadURL.scheme), ("//u@b.example/", .userInfo), ("/a b", .forbiddenCharacter),
        ("//", .host), ("/\\b", .forbiddenCharacter),
    ])
    func `resolves no references that lead nowhere`(reference: String, error: BadURL) throws {
        let base = try WebURL("https://a.example/one/two?q")
        #expect(throws: error) { try base.resolving(reference) }
    }
}
