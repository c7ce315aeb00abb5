import HTTPTypes
import Postgres
import Testing

@testable import WebServer

struct `Request guard` {
    private static let cookie = Principal.Credential.cookie(session: 1, csrf: "secret")
    private let guarding = RequestGuard(allowedOrigins: ["https://lms.example"])

    private func request(
        _ method: HTTPRequest.Method, _ credential: Principal.Credential?, origin: String? = nil,
        site: String? = nil,
        token: String? = nil
    ) -> WebRequest {
        var request = WebRequest(method: method)
        request.authority = "school.example:8080"
        if let credential {
            request.principal = Principal(
                institution: TenantID(rawValue: 1), user: 1, person: 1, name: "A", login: "a", roles: [],
                credential: credential)
        }
        request.headers[.origin] = origin
        request.headers[.secFetchSite] = site
        request.headers[.csrfToken] = token
        return request
    }

    @Test(
        arguments: [
            // method, credential, origin, site, token, allowed
            (.get, cookie, nil, nil, nil, true),
            (.get, cookie, "https://evil.example", "cross-site", nil, true),
            (.post, cookie, nil, nil, "secret", true),
            (.post, cookie, "http://school.example:8080", "same-origin", "secret", true),
            (.post, cookie, "https://lms.example", "cross-site", "secret", true),
            (.post, cookie, nil, "none", "secret", true),
            (.post, cookie, nil, nil, nil, false),
            (.post, cookie, nil, nil, "", false),
            (.post, cookie, nil, nil, "secres", false),
            (.post, cookie, nil, nil, "secret1", false),
            (.delete, cookie, "https://evil.example", nil, "secret", false),
            (.put, cookie, "null", nil, "secret", false),
            (.post, cookie, "http://school.example", nil, "secret", false),
            (.post, cookie, nil, "cross-site", "secret", false),
            (.post, cookie, nil, "same-site", "secret", false),
            (.post, .bearer(token: 1), "https://evil.example", "cross-site", nil, true),
            (.post, nil, nil, nil, nil, true),
            (.post, nil, "http://school.example:8080", "same-origin", nil, true),
            (.post, nil, "https://evil.example", "cross-site", nil, false),
            (.post, nil, nil, "cross-site", nil, false),
        ] as [(HTTPRequest.Method, Principal.Credential?, String?, String?, String?, Bool)])
    func `keeps other sites from using a cookie`(
        method: HTTPRequest.Method, credential: Principal.Credential?, origin: String?, site: String?,
        token: String?, isAllowed: Bool
    ) throws {
        let request = request(method, credential, origin: origin, site: site, token: token)
        if isAllowed {
            try guarding.check(request)
        } else {
            let error = #expect(throws: WebError.self) { try guarding.check(request) }
            #expect(error?.status == .forbidden)
            #expect(error?.code == "csrf")
        }
    }

    @Test(
        arguments: [
            (nil, nil, true),
            (nil, "http://school.example:8080", true),
            (nil, "https://lms.example", true),
            (nil, "https://evil.example", false),
            (nil, "null", false),
            (cookie, nil, false),
            (cookie, "http://school.example:8080", true),
            (cookie, "HTTP://SCHOOL.EXAMPLE:8080", true),
            (cookie, "http://school.example:8081", false),
            (cookie, "http://school.example.evil:8080", false),
            (.bearer(token: 1), nil, true),
            (.bearer(token: 1), "https://evil.example", false),
        ] as [(Principal.Credential?, String?, Bool)])
    func `knows the origins of handshakes`(
        credential: Principal.Credential?, origin: String?, isAllowed: Bool
    ) throws {
        let request = request(.get, credential, origin: origin)
        if isAllowed {
            try guarding.checkUpgrade(request)
        } else {
            let error = #expect(throws: WebError.self) { try guarding.checkUpgrade(request) }
            #expect(error?.code == "foreign_origin")
        }
    }

    @Test func `takes no two origins`() {
        var request = request(.get, nil)
        for _ in 0..<2 {
            request.headers.append(HTTPField(name: .origin, value: "http://school.example:8080"))
        }
        #expect(throws: WebError.self) { try guarding.checkUpgrade(request) }
    }
}

struct `Proxy trust` {
    private func trust() throws -> ProxyTrust { try ProxyTrust(["10.0.0.0/8", "127.0.0.1", "fd00::/8"]) }

    @Test(arguments: [
        ("10.1.2.3", true), ("11.0.0.1", false), ("127.0.0.1", true), ("127.0.0.2", false), ("fd12::1", true),
        ("fe80::1", false), ("::ffff:10.0.0.1", true), ("nonsense", false),
    ])
    func `knows its networks`(address: String, isTrusted: Bool) throws {
        #expect(try trust().trusts(address) == isTrusted)
    }

    @Test(
        arguments: [
            ("8.8.8.8", "1.2.3.4", "https", "8.8.8.8", false),
            ("10.0.0.1", "1.2.3.4", "https", "1.2.3.4", true),
            ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.9.9.9", "http", "1.2.3.4", false),
            ("10.0.0.1", "garbage", "HTTPS", "10.0.0.1", true),
            ("10.0.0.1", "1.2.3.4, garbage", nil, "10.0.0.1", false),
            ("10.0.0.1", nil, nil, "10.0.0.1", false),
        ] as [(String, String?, String?, String, Bool)])
    func `believes its proxies and nobody else`(
        peer: String, forwarded: String?, proto: String?, address: String, isSecure: Bool
    ) throws {
        var headers: HTTPFields = [:]
        headers[.forwardedFor] = forwarded
        headers[.forwardedProto] = proto
        let client = try trust().client(peer: peer, headers)
        #expect(client.address == address)
        #expect(client.isSecure == isSecure)
    }

    @Test(
        arguments: [
            ("10.0.0.1", "school.example", "school.example"),
            ("10.0.0.1", "a.example, b.example:8443", "b.example:8443"),
            ("10.0.0.1", "[::1]:80", "[::1]:80"), ("10.0.0.1", nil, "here:1"), ("10.0.0.1", "a/b", "here:1"),
            ("10.0.0.1", "a\"b", "here:1"), ("10.0.0.1", "", "here:1"),
            ("8.8.8.8", "school.example", "here:1"),
        ] as [(String, String?, String)])
    func `knows the host that was asked from its proxies alone`(
        peer: String, forwarded: String?, authority: String
    ) throws {
        var headers: HTTPFields = [:]
        headers[.forwardedHost] = forwarded
        #expect(try trust().authority(peer: peer, headers, host: "here:1") == authority)
    }

    @Test(arguments: ["", "host", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::1/129"])
    func `refuses what is no network`(text: String) {
        #expect(throws: ProxyTrustError(text: text)) { try ProxyTrust([text]) }
    }
}
