import JSON
import JWTKit

/// Public keys of other issuers, from a key set (RFC 7517): EdDSA, ES256 and RS256.
///
/// A key's algorithm follows from the key and from nothing else; a token that names another one is refused before its
/// signature is looked at.
struct PublishedKeys: Sendable {
    private let keys = JWTKeyCollection()
    /// The algorithm that each key is for, by `kid`.
    private let algorithms: [String: String]

    private init(algorithms: [String: String]) { self.algorithms = algorithms }

    /// Reads a key set's JSON text.
    static func read(_ text: String) async throws(LiveTokenError) -> PublishedKeys {
        guard let value = try? JSONReader.read(text), let entries = value["keys"]?.array else {
            throw .keySet
        }
        var algorithms: [String: String] = [:]
        for entry in entries {
            guard let id = entry["kid"]?.string, !id.isEmpty, algorithms[id] == nil,
                let algorithm = algorithm(of: entry), entry["alg"]?.string ?? algorithm == algorithm,
                entry["d"] == nil
            else { throw .keySet }
            algorithms[id] = algorithm
        }
        let published = PublishedKeys(algorithms: algorithms)
        do {
            try await published.keys.add(jwksJSON: text)
        } catch {
            throw .keySet
        }
        return published
    }

    /// What a key may sign with, by its type (RFC 7518 §6, RFC 8037 §2).
    private static func algorithm(of key: JSONValue) -> String? {
        switch (key["kty"]?.string, key["crv"]?.string) {
        case ("OKP", "Ed25519"): "EdDSA"
        case ("EC", "P-256"): "ES256"
        case ("RSA", _): "RS256"
        default: nil
        }
    }

    /// Whether a token's header names one of these keys with the algorithm that the key is for.
    func allow(algorithm: String, keyID: String?) -> Bool {
        keyID.map { algorithms[$0] == algorithm } ?? false
    }

    /// Checks the signature of a token that ``allow(algorithm:keyID:)`` has let pass.
    func verify(_ token: String) async throws -> LiveTokenPayload {
        try await keys.verify(token, as: LiveTokenPayload.self)
    }
}
