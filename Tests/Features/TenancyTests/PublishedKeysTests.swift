import Foundation
import JWTKit
import Postgres
import Testing

@testable import Tenancy

/// Tokens of other issuers, signed here with keys that only these tests know.
struct `Published keys` {
    private static let now: Int64 = 1_800_000_000_000

    /// An RSA key made for these tests: making one takes long.
    private static let modulus = """
        ljXlr-3wnpKeWJ8U7A4GNSDuSnkNvdLeAIRVi00dYzwqJ9AIElSq0yC_zJYiDptle0B4jhxZIoOZR5qwwThgSMyiRQGLrBRf\
        EvmQYAzXcY4VsR7RGEAt-70ZFL5iT7W25Gy3y57ThzL4lKIj0RI8qFizhXrY_6Yq_MKjm0WR3lwAjovPv4SqsCfysMkCDBAU\
        oKXAQoMMvx63VEMnFh5e1QXldCwKPDj7ansrnZOr6nNHRURoVc89Q9iabuy27lz0HKZSeiRn7tQQ3ClPG6iHgVBvamVNmDbR\
        HrnGZWitvrz52wXrb4V09LK3Heucvf7xNc9PS4IJdY03Yf-YVKGLbQ
        """
    private static let privateExponent = """
        I3Ci-Q-8GkXAi2s5LfqfF1DmN_b4uYUzcM7IOh4fJWcwEQWhqeWFClwrNJNlhKnAV0SeTPU-SIjhFMZYFrZ87SAu1vYm5JpH\
        1jvAhxDwke-yiYAaWEzoLIFwlfbXTjQy6xEFikq2YKszgCoDJlRVsGiBLqiN4z9q3Aj2Pe-7m0kgJNOKsNa7UnPT_GD_UVq4\
        2joE80yXpUYI7qdH5uQ8cNWdSAowKFxidvbMxKOQgWYigDu1pMPziHZveNd24wJS7zgVk-JEitIo9Wd6o5461vSvi-ygfgoq\
        K4rlOLSpTFdStw9qMsLRv186wXid1PfuPfyFmaOHChdNcM3FIf9AcQ
        """

    private let signers = JWTKeyCollection()
    private let keySet: String

    init() async throws {
        let edwards = try EdDSA.PrivateKey(curve: .ed25519)
        let elliptic = ES256PrivateKey()
        let point = try #require(elliptic.publicKey.parameters)
        await signers.add(eddsa: edwards, kid: "ed")
        await signers.add(ecdsa: elliptic, kid: "ec")
        await signers.add(
            rsa: try Insecure.RSA.PrivateKey(
                modulus: Self.modulus, exponent: "AQAB", privateExponent: Self.privateExponent),
            digestAlgorithm: .sha256, kid: "rs")
        let x = Base64.encode(Array(edwards.publicKey.rawRepresentation), .url)
        keySet = """
            {"keys":[
              {"kty":"OKP","crv":"Ed25519","kid":"ed","alg":"EdDSA","use":"sig","x":"\(x)"},
              {"kty":"EC","crv":"P-256","kid":"ec","x":"\(point.x)","y":"\(point.y)"},
              {"kty":"RSA","kid":"rs","alg":"RS256","n":"\(Self.modulus)","e":"AQAB"}]}
            """
    }

    private func sign(_ kid: JWKIdentifier) async throws -> String {
        let payload = LiveTokenPayload(
            sub: "42", exp: 1_800_000_060, nbf: nil, aud: nil, iss: nil, institution: 3, name: nil, role: nil)
        return try await signers.sign(payload, kid: kid)
    }

    @Test(arguments: ["ed", "ec", "rs"] as [JWKIdentifier])
    func `verify what their owners signed`(kid: JWKIdentifier) async throws {
        let tokens = try await LiveTokens(secret: School.secret, keySet: keySet)
        let claims = try await tokens.verify(try await sign(kid), at: Self.now)
        #expect(claims.user == 42)
        let own = try await tokens.issue(
            user: 7, institution: InstitutionID(rawValue: 3), name: "Ada", role: nil, at: Self.now)
        #expect(try await tokens.verify(own.token, at: Self.now).user == 7)
    }

    @Test(arguments: ["ed", "ec", "rs"] as [JWKIdentifier])
    func `are needed: without them such tokens are refused`(kid: JWKIdentifier) async throws {
        let tokens = try await LiveTokens(secret: School.secret)
        let token = try await sign(kid)
        await #expect(throws: LiveTokenError.algorithm) { try await tokens.verify(token, at: Self.now) }
    }

    @Test func `refuse an altered token, and a header that names another algorithm or key`() async throws {
        let tokens = try await LiveTokens(secret: School.secret, keySet: keySet)
        let parts = try await sign("ed").split(separator: ".").map(String.init)
        let other = Base64.encode(Array(#"{"sub":"1","exp":1800000060,"institution":3}"#.utf8), .url)
        await #expect(throws: LiveTokenError.signature) {
            try await tokens.verify("\(parts[0]).\(other).\(parts[2])", at: Self.now)
        }
        for header in [
            #"{"alg":"ES256","kid":"ed"}"#, #"{"alg":"EdDSA","kid":"nobody"}"#, #"{"alg":"EdDSA"}"#,
            #"{"alg":"none","kid":"ed"}"#, #"{"alg":"HS384","kid":"ed"}"#,
        ] {
            let head = Base64.encode(Array(header.utf8), .url)
            await #expect(throws: LiveTokenError.algorithm) {
                try await tokens.verify("\(head).\(parts[1]).\(parts[2])", at: Self.now)
            }
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
        #"{"keys":[{"kty":"oct","kid":"a","k":"c2VjcmV0"}]}"#,
        #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AA","d":"AA"}]}"#,
        #"{"keys":[{"kty":"RSA","kid":"a","alg":"HS256","n":"AQAB","e":"AQAB"}]}"#,
    ])
    func `are refused as a set when one of them cannot serve`(text: String) async {
        await #expect(throws: LiveTokenError.keySet) {
            try await LiveTokens(secret: School.secret, keySet: text)
        }
    }
}
