import Postgres
import Testing

@testable import Tenancy

struct `Live tokens` {
    private static let now: Int64 = 1_800_000_000_000

    private func tokens(audience: String? = nil, issuer: String? = nil) async throws -> LiveTokens {
        try await LiveTokens(secret: School.secret, audience: audience, issuer: issuer)
    }

    /// A token with any header and claims, signed with the tests' key unless told otherwise.
    private func token(
        header: String = #"{"alg":"HS256","typ":"JWT"}"#, claims: String, key: [UInt8]? = School.secret
    ) -> String {
        let signed = "\(Base64.encode(Array(header.utf8), .url)).\(Base64.encode(Array(claims.utf8), .url))"
        let signature = key.map { Base64.encode(Digest.hmacSHA256(key: $0, Array(signed.utf8)), .url) }
        return "\(signed).\(signature ?? "")"
    }

    @Test func `are verified as they were issued, for an hour`() async throws {
        let tokens = try await tokens()
        let issued = try await tokens.issue(
            user: 7, institution: TenantID(rawValue: 3), name: "Ada Lovelace", role: .instructor, at: Self.now
        )
        #expect(issued.expiresAt == Self.now + 3_600_000)
        let claims = try await tokens.verify(issued.token, at: Self.now)
        #expect(
            claims
                == LiveClaims(
                    subject: "7", expiresAt: issued.expiresAt, institution: TenantID(rawValue: 3),
                    name: "Ada Lovelace", role: .instructor))
        #expect(claims.user == 7)
        _ = try await tokens.verify(issued.token, at: issued.expiresAt - 1)
        await #expect(throws: LiveTokenError.expired) {
            try await tokens.verify(issued.token, at: issued.expiresAt)
        }
    }

    @Test func `from elsewhere need no more than a subject and an end`() async throws {
        let claims = try await tokens().verify(token(claims: #"{"sub":"42","exp":1800000060}"#), at: Self.now)
        #expect(
            claims
                == LiveClaims(
                    subject: "42", expiresAt: 1_800_000_060_000, institution: nil, name: nil, role: nil))
        #expect(claims.user == nil)
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, true), (#"{"alg":"none"}"#, false), (#"{"alg":"None"}"#, true),
        (#"{"alg":"HS384"}"#, true),
        (#"{"alg":"RS256"}"#, true), (#"{"alg":"ES256"}"#, true), (#"{"typ":"JWT"}"#, true),
        (#"{"alg":null}"#, true),
        (#"{"alg":"HS256","crit":["exp"]}"#, true),
    ])
    func `of another algorithm are refused, however they are signed`(header: String, isSigned: Bool)
        async throws
    {
        let token = token(
            header: header, claims: #"{"sub":"7","exp":1800000060}"#, key: isSigned ? School.secret : nil)
        await #expect(throws: LiveTokenError.algorithm) { try await tokens().verify(token, at: Self.now) }
    }

    @Test func `that were signed by another key or changed are refused`() async throws {
        let claims = #"{"sub":"7","exp":1800000060}"#
        let tokens = try await tokens()
        for key in [Array("another key that is long enough for HS256".utf8), nil] {
            await #expect(throws: LiveTokenError.signature) {
                try await tokens.verify(token(claims: claims, key: key), at: Self.now)
            }
        }
        let parts = token(claims: claims).split(separator: ".")
        let forged = Base64.encode(Array(#"{"sub":"8","exp":1800000060}"#.utf8), .url)
        await #expect(throws: LiveTokenError.signature) {
            try await tokens.verify("\(parts[0]).\(forged).\(parts[2])", at: Self.now)
        }
    }

    @Test(arguments: [
        #"{"exp":1800000060}"#, #"{"sub":"7"}"#, #"{"sub":7,"exp":1800000060}"#,
        #"{"sub":"7","exp":"1800000060"}"#,
        #"{"sub":"","exp":1800000060}"#, #"{"sub":"7","exp":-1}"#, #"{"sub":"7","exp":1e300}"#, #"[]"#,
        #"{"sub":"#,
        #"{"sub":"7","exp":1800000060,"institution":"three"}"#,
    ])
    func `with claims that cannot be read are malformed`(claims: String) async throws {
        await #expect(throws: LiveTokenError.malformed) {
            try await tokens().verify(token(claims: claims), at: Self.now)
        }
    }

    @Test(arguments: ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.e30=", String(repeating: "A", count: 10_000)])
    func `that are none are malformed`(text: String) async throws {
        await #expect(throws: LiveTokenError.self) { try await tokens().verify(text, at: Self.now) }
    }

    @Test func `that have not begun are refused until they do`() async throws {
        let token = token(claims: #"{"sub":"7","exp":1800000060,"nbf":1800000001}"#)
        let tokens = try await tokens()
        await #expect(throws: LiveTokenError.notYetValid) { try await tokens.verify(token, at: Self.now) }
        _ = try await tokens.verify(token, at: Self.now + 1000)
    }

    @Test func `must name the audience and issuer that are configured`() async throws {
        let tokens = try await tokens(audience: "cohort", issuer: "https://id.example")
        let good = [#""cohort""#, #"["other","cohort"]"#]
        for audience in good {
            let claims = #"{"sub":"7","exp":1800000060,"aud":\#(audience),"iss":"https://id.example"}"#
            _ = try await tokens.verify(token(claims: claims), at: Self.now)
        }
        for audience in [#""other""#, "[]"] {
            let claims = #"{"sub":"7","exp":1800000060,"aud":\#(audience),"iss":"https://id.example"}"#
            await #expect(throws: LiveTokenError.audience) {
                try await tokens.verify(token(claims: claims), at: Self.now)
            }
        }
        await #expect(throws: LiveTokenError.audience) {
            try await tokens.verify(token(claims: #"{"sub":"7","exp":1800000060}"#), at: Self.now)
        }
        await #expect(throws: LiveTokenError.issuer) {
            try await tokens.verify(
                token(claims: #"{"sub":"7","exp":1800000060,"aud":"cohort","iss":"https://other.example"}"#),
                at: Self.now)
        }
        let own = try await tokens.issue(
            user: 7, institution: TenantID(rawValue: 3), name: "Ada", role: nil, at: Self.now)
        _ = try await tokens.verify(own.token, at: Self.now)
    }

    @Test func `are not made with a secret that is too short`() async {
        await #expect(throws: LiveTokenError.weakSecret) { try await LiveTokens(secret: Array("short".utf8)) }
    }
}
