import Testing

@testable import Tenancy

struct `Addresses that apps want people back at` {
    @Test(arguments: [
        "https://app.example/back", "https://app.example", "https://app.example:8443/back?a=1",
        "http://127.0.0.1:4000/cb", "http://localhost/cb", "http://[::1]:9/", "com.example.app:/back",
        "com.example.app://back", RedirectURI.outOfBand,
    ])
    func `may be these`(uri: String) { #expect(RedirectURI.isAcceptable(uri)) }

    @Test(arguments: [
        "", "http://app.example/back", "https://", "https:///back", "https://a@b.example/", "/back",
        "javascript:alert(1)",
        "data:text/html,x", "myapp://back", "https://app.example/#there", "https://app.example/a b",
        "https://app.example\\@b",
        "http://127.0.0.1.evil.example/", "http://localhost:0/", "http://localhost:x/",
        "https://app.example/\u{FC}",
        "urn:ietf:wg:oauth:2.0:oob:auto", "HTTPS://app.example/",
    ])
    func `may not be these`(uri: String) { #expect(!RedirectURI.isAcceptable(uri)) }

    @Test func `count as they are written`() {
        let registered = ["https://app.example/back"]
        #expect(RedirectURI.isRegistered("https://app.example/back", among: registered))
        for other in [
            "https://app.example/back/", "https://app.example/back?x=1", "https://APP.example/back",
            "https://app.example:443/back", "https://app.example.evil.example/back", "https://app.example/",
            "http://app.example/back", "https://sub.app.example/back",
        ] {
            #expect(!RedirectURI.isRegistered(other, among: registered), "\(other)")
        }
    }

    @Test func `on the person's own machine may have any port`() {
        let registered = ["http://127.0.0.1/cb"]
        #expect(RedirectURI.isRegistered("http://127.0.0.1:51000/cb", among: registered))
        #expect(!RedirectURI.isRegistered("http://127.0.0.1:51000/other", among: registered))
        #expect(!RedirectURI.isRegistered("http://localhost:51000/cb", among: registered))
        #expect(!RedirectURI.isRegistered("http://127.0.0.1:51000@evil.example/cb", among: registered))
    }

    @Test func `keep their own query`() {
        #expect(
            RedirectURI.location("https://a.example/b?c=d", [("code", "1~x"), ("state", "&=")])
                == "https://a.example/b?c=d&code=1~x&state=%26%3D")
        #expect(
            RedirectURI.location(RedirectURI.outOfBand, [("code", "1~x")]) == "/login/oauth2/auth?code=1~x")
        #expect(RedirectURI.place("https://app.example:8443/b") == "app.example:8443")
        #expect(RedirectURI.place("com.example.app:/b") == "com.example.app")
    }
}
