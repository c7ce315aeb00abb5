import JSON
import Testing

@testable import Tenancy

struct `Tokens of own apps` {
    private static let now: Int64 = 1_800_000_000_000
    private static let secret = Array("secret".utf8)

    private func token(
        _ claims: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, key: [UInt8]? = secret
    ) -> String {
        let signed = "\(Base64.encode(Array(header.utf8), .url)).\(Base64.encode(Array(claims.utf8), .url))"
        let signature = key.map { Base64.encode(Digest.hmacSHA256(key: $0, Array(signed.utf8)), .url) }
        return "\(signed).\(signature ?? "")"
    }

    private func read(_ token: String) async throws(LiveTokenError) -> AppClaims {
        try await AppTokens(secret: Self.secret).verify(token, at: Self.now)
    }

    @Test func `need no more than a subject`() async throws {
        let claims = try await read(token(#"{"sub":"42"}"#))
        #expect(claims.subject == "42" && claims.channel == nil && claims.expiresAt == nil)
        #expect(claims.info == nil && claims.channels.isEmpty)
        #expect(try await read(token("{}")).subject.isEmpty)
    }

    @Test func `say what they open, for how long, and what others are told`() async throws {
        let claims = try await read(
            token(
                #"{"sub":"a","channel":"news","exp":1800000060,"info":{"seat":1},"channels":["x","y","x"]}"#))
        #expect(claims.channel == "news" && claims.expiresAt == 1_800_000_060)
        #expect(claims.info?.text == #"{"seat":1}"# && claims.channels == ["x", "y"])
    }

    @Test func `may open for another time than they are good for`() async throws {
        let longer = #"{"sub":"a","exp":1800000001,"expire_at":1800009999}"#
        #expect(try await read(token(longer)).expiresAt == 1_800_009_999)
        #expect(try await read(token(#"{"exp":1800000001,"expire_at":0}"#)).expiresAt == nil)
        await #expect(throws: LiveTokenError.expired) { try await read(token(#"{"expire_at":1799999999}"#)) }
    }

    @Test(
        arguments: [
            (#"{"sub":42}"#, .malformed), (#"{"channel":7}"#, .malformed), ("[]", .malformed),
            (#"{"exp":"soon"}"#, .malformed), (#"{"exp":1e300}"#, .malformed), (#"{"exp":-1}"#, .malformed),
            (#"{"channels":[1]}"#, .malformed), (#"{"exp":1800000000}"#, .expired),
            (#"{"nbf":1800000001}"#, .notYetValid),
        ] as [(String, LiveTokenError)])
    func `are refused with claims that are none, or are not of now`(claims: String, error: LiveTokenError)
        async throws
    {
        await #expect(throws: error) { try await read(token(claims)) }
    }

    @Test func `are refused when they name too many channels`() async {
        let names = (0...AppClaims.mostChannels).map { "\"\($0)\"" }.joined(separator: ",")
        await #expect(throws: LiveTokenError.malformed) {
            try await read(token(#"{"channels":[\#(names)]}"#))
        }
    }

    @Test func `are refused when they are no tokens, of another algorithm, or another's`() async {
        let good = #"{"sub":"42"}"#
        let rows: [(String, LiveTokenError)] = [
            ("", .malformed), ("a.b", .malformed), ("a.b.c", .malformed), ("none", .malformed),
            (token(good, header: #"{"alg":"none"}"#, key: nil), .algorithm),
            (token(good, header: #"{"alg":"HS512"}"#), .algorithm),
            (token(good, header: #"{"alg":"HS256","crit":["exp"]}"#), .algorithm),
            (token(good, key: Array("other".utf8)), .signature),
            (String(repeating: "x", count: LiveTokens.longestToken + 1), .malformed),
        ]
        for (text, error) in rows {
            await #expect(throws: error, "\(text.prefix(40))") { try await read(text) }
        }
    }

    @Test(arguments: [1, 31, 32, 33, 64, 65, 200])
    func `are checked with a secret of any length`(length: Int) async throws {
        let secret = [UInt8](repeating: 7, count: length)
        let claims = try await AppTokens(secret: secret).verify(token("{}", key: secret), at: Self.now)
        #expect(claims.subject.isEmpty)
    }
}
