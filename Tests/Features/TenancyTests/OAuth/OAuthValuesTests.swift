import Postgres
import Testing

@testable import Tenancy

struct `What apps say` {
    private func form(_ text: String) -> OAuthForm { OAuthForm(parsing: text) ?? OAuthForm([]) }

    @Test func `names an institution and a key`() {
        let here = InstitutionID(rawValue: 7)
        let client = ClientID(institution: here, key: 12)
        #expect(client.text == "7~12")
        #expect(ClientID("7~12", home: nil) == client)
        #expect(ClientID("7~12", home: here) == client)
        #expect(ClientID("12", home: here) == client)
        for wrong in ["", "12", "~12", "7~", "7~12~1", "07~12", "7~+12", "-7~12", "7~0", "a~b", "7~12 "] {
            #expect(ClientID(wrong, home: nil) == nil, "\(wrong)")
        }
        #expect(ClientID("7~12", home: InstitutionID(rawValue: 8)) == nil)
    }

    @Test func `is who they are, in one way`() throws {
        let plain = try ClientCredentials(authorization: nil, form("client_id=7~1&client_secret=s"))
        #expect(plain.clientID == "7~1" && plain.secret == "s" && !plain.isBasic)
        let basic = "Basic \(Base64.encode(Array("7~1:a%2Bb".utf8), .standard))=="
        let header = try ClientCredentials(authorization: basic, form("client_id=7~1"))
        #expect(header.clientID == "7~1" && header.secret == "a+b" && header.isBasic)
        for (field, text) in [
            (nil, "grant_type=x"), (basic, "client_secret=s"), (basic, "client_id=7~2"), ("Bearer x", ""),
            ("Basic", ""), ("Basic !!", ""), ("Basic \(Base64.encode(Array("nocolon".utf8), .standard))", ""),
        ] as [(String?, String)] {
            #expect(throws: OAuthError.self) {
                _ = try ClientCredentials(authorization: field, form(text))
            }
        }
    }

    @Test func `comes once for each name`() {
        #expect(form("a=1&a=2").hasRepeated)
        // A parameter without a value is none (RFC 6749 §3.1).
        #expect(!form("a=1&a=").hasRepeated)
        #expect(form("b=%26&a=1").text == "a=1&b=%26")
        #expect(OAuthForm(parsing: "a=%zz") == nil)
    }

    @Test func `waits in the browser while its user signs in elsewhere`() {
        #expect(ReturnPath.of("/login/oauth2/confirm") == "/login/oauth2/confirm")
        #expect(ReturnPath.of("/login/oauth2/auth?client_id=1~1") == "/")
        #expect(ReturnPath.of("/login/oauth2/confirm/../token") == "/")
    }

    @Test func `fits the code`() {
        let (uri, challenge) = (AppHarness.redirect, AppHarness.challenge)
        let code = AuthorizationCode(redirectURI: uri, challenge: challenge)
        #expect(code.admits(redirectURI: uri, verifier: AppHarness.verifier))
        #expect(!code.admits(redirectURI: uri, verifier: nil))
        #expect(!code.admits(redirectURI: uri, verifier: challenge))
        #expect(!code.admits(redirectURI: uri, verifier: "short"))
        #expect(!code.admits(redirectURI: uri + "/", verifier: AppHarness.verifier))
        #expect(!code.admits(redirectURI: nil, verifier: AppHarness.verifier))
        let open = AuthorizationCode(redirectURI: uri, challenge: nil)
        #expect(open.admits(redirectURI: uri, verifier: nil))
        // Somebody took the challenge out of the request.
        #expect(!open.admits(redirectURI: uri, verifier: AppHarness.verifier))
        let late = AuthorizationCode(redirectURI: uri, challenge: challenge, isInTime: false)
        #expect(!late.admits(redirectURI: uri, verifier: AppHarness.verifier))
    }
}
