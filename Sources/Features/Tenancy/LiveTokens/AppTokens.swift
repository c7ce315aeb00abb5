package import JSON
import JWTKit

/// Checks the tokens of an operator's own apps: JWTs that the app's server signs with HS256 (RFC 7519, RFC 7518), one kind for
/// connections and one for subscriptions.
///
/// They open plain channels only. Any task may call it.
package struct AppTokens: Sendable {
    private let keys: JWTKeyCollection

    /// Makes the verifier; the secret is the operator's, and as strong as they have made it.
    package init(secret: [UInt8]) async {
        // HMAC itself fills a key up with zeros to 64 bytes (RFC 2104 §2), so a short one stays the same key; JWTKit takes none.
        let filled = secret + [UInt8](repeating: 0, count: max(0, 32 - secret.count))
        keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: filled), digestAlgorithm: .sha256)
    }

    /// Checks a token's signature, and its times against `now` (milliseconds since 1970).
    package func verify(_ token: String, at now: Int64) async throws(LiveTokenError) -> AppClaims {
        guard token.utf8.count <= LiveTokens.longestToken else { throw .malformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64.decode(parts[0], .url),
            let header = try? JSONReader.read(head, depthLimit: 8), header.object != nil
        else { throw .malformed }
        guard header["alg"]?.string == "HS256", header["crit"] == nil else { throw .algorithm }
        do {
            _ = try await keys.verify(token, as: AnyClaims.self)
        } catch let error as JWTError where error.errorType == .signatureVerificationFailed {
            throw .signature
        } catch {
            throw .malformed
        }
        guard let bytes = Base64.decode(parts[1], .url), let claims = try? JSONReader.read(bytes) else {
            throw .malformed
        }
        return try AppClaims(claims, at: now)
    }

    /// Takes any object: what its members mean is read from the text that was verified.
    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}

/// What a verified token of an app says.
package struct AppClaims: Hashable, Sendable {
    /// Who bears it; empty for somebody without a name.
    package let subject: String
    /// The channel of a subscription token; `nil` for the token of a connection.
    package let channel: String?
    /// When the connection or subscription ends, in seconds since 1970; `nil` for never.
    package let expiresAt: Int64?
    /// What others are told of the bearer.
    package let info: RawJSON?
    /// What the server subscribes the connection to.
    package let channels: [String]

    /// The most channels that a token may name.
    static let mostChannels = 128

    /// Reads claims and holds their times against `now`, in milliseconds since 1970.
    ///
    /// - Throws: ``LiveTokenError``.
    init(_ claims: JSONValue, at now: Int64) throws(LiveTokenError) {
        guard claims.object != nil else { throw .malformed }
        subject = try AppClaims.text(claims["sub"]) ?? ""
        channel = try AppClaims.text(claims["channel"])
        info = claims["info"].flatMap { $0.isNull ? nil : RawJSON($0) }
        var channels: [String] = []
        for name in claims["channels"]?.array ?? [] {
            guard let name = name.string, channels.count < AppClaims.mostChannels else { throw .malformed }
            if !channels.contains(name) { channels.append(name) }
        }
        self.channels = channels
        let end = try AppClaims.time(claims["exp"])
        if let end, now / 1000 >= end { throw .expired }
        if let begin = try AppClaims.time(claims["nbf"]), now / 1000 < begin { throw .notYetValid }
        // The token may be good for coming in only, while what it opens lasts longer, or for ever (0).
        if let other = try AppClaims.time(claims["expire_at"]) {
            expiresAt = other > 0 ? other : nil
        } else {
            expiresAt = end
        }
        if let expiresAt, now / 1000 >= expiresAt { throw .expired }
    }

    private static func text(_ value: JSONValue?) throws(LiveTokenError) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else { throw .malformed }
        return text
    }

    /// A date in seconds; beyond the bound, which no honest token reaches, milliseconds would not fit an integer.
    private static func time(_ value: JSONValue?) throws(LiveTokenError) -> Int64? {
        guard let value, !value.isNull else { return nil }
        guard let seconds = value.double, seconds >= 0, seconds < 1e13 else { throw .malformed }
        return Int64(seconds)
    }
}
