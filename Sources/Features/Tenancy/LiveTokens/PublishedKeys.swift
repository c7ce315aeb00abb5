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

    /// Reads the JSON text of a key set that an operator has written: every key in it must serve.
    static func read(_ text: String) async throws(LiveTokenError) -> PublishedKeys {
        let entries = try entries(of: text)
        guard entries.allSatisfy({ serves($0) != nil }) else { throw .keySet }
        return try await make(entries)
    }

    /// Reads the JSON text of a key set that an issuer publishes, and takes the keys that serve.
    ///
    /// Issuers publish keys for other purposes beside them, and those are passed over. A secret or private key among them
    /// means that the set is none to be trusted, and so does a set without any key that serves.
    static func select(from text: String) async throws(LiveTokenError) -> PublishedKeys {
        let entries = try entries(of: text)
        guard entries.allSatisfy({ $0["kty"]?.string != "oct" && $0["k"] == nil && $0["d"] == nil }) else {
            throw .keySet
        }
        let serving = entries.filter { serves($0) != nil }
        guard !serving.isEmpty else { throw .keySet }
        return try await make(serving)
    }

    private static func entries(of text: String) throws(LiveTokenError) -> [JSONValue] {
        guard let value = try? JSONReader.read(text), let entries = value["keys"]?.array,
            entries.count <= mostKeys
        else { throw .keySet }
        return entries
    }

    private static func make(_ entries: [JSONValue]) async throws(LiveTokenError) -> PublishedKeys {
        var algorithms: [String: String] = [:]
        for entry in entries {
            guard let (id, algorithm) = serves(entry), algorithms[id] == nil else { throw .keySet }
            algorithms[id] = algorithm
        }
        let published = PublishedKeys(algorithms: algorithms)
        // Only the members that make the key: nothing else of what a stranger wrote is read a second time.
        let text = RawJSON { json in
            json.object { json in
                json.array("keys", of: entries) { json, entry in
                    json.object { json in
                        json.member("alg", serves(entry)?.algorithm)
                        for name in members { json.member(name, entry[name]?.string) }
                    }
                }
            }
        }.text
        do {
            try await published.keys.add(jwksJSON: text)
        } catch {
            throw .keySet
        }
        return published
    }

    /// The most keys that a set may hold.
    private static let mostKeys = 64
    private static let members = ["kty", "kid", "crv", "x", "y", "n", "e"]

    /// The name and algorithm of a public key for signatures; `nil` for any other.
    private static func serves(_ entry: JSONValue) -> (id: String, algorithm: String)? {
        guard let id = entry["kid"]?.string, (1...longestID).contains(id.utf8.count),
            let algorithm = algorithm(of: entry), entry["alg"]?.string ?? algorithm == algorithm,
            entry["use"]?.string ?? "sig" == "sig", entry["d"] == nil
        else { return nil }
        return (id, algorithm)
    }

    /// The longest name of a key, in bytes.
    static let longestID = 512
    /// What a key may sign with, whatever it is.
    static let algorithms: Set<String> = ["EdDSA", "ES256", "RS256"]

    /// What a key may sign with, by its type (RFC 7518 §6, RFC 8037 §2).
    private static func algorithm(of key: JSONValue) -> String? {
        switch (key["kty"]?.string, key["crv"]?.string) {
        case ("OKP", "Ed25519"): "EdDSA"
        case ("EC", "P-256"): "ES256"
        case ("RSA", _): isStrong(key["n"]?.string) ? "RS256" : nil
        default: nil
        }
    }

    /// Whether a modulus has from 2048 to 8192 bits (RFC 7518 §3.3); beyond, one signature would take a loop's time.
    private static func isStrong(_ modulus: String?) -> Bool {
        guard let bytes = modulus.flatMap({ Base64.decode(Substring($0), .url) }) else { return false }
        return (256...1024).contains(bytes.drop { $0 == 0 }.count)
    }

    /// Whether a key of this name is among them.
    func holds(_ id: String) -> Bool { algorithms[id] != nil }

    /// The name of the only key; `nil` when there are several.
    var onlyID: String? { algorithms.count == 1 ? algorithms.keys.first : nil }

    /// Whether a token's header names one of these keys with the algorithm that the key is for.
    func allow(algorithm: String, keyID: String?) -> Bool {
        keyID.map { algorithms[$0] == algorithm } ?? false
    }

    /// Checks the signature of a token that ``allow(algorithm:keyID:)`` has let pass.
    func verify(_ token: String) async throws -> LiveTokenPayload {
        try await keys.verify(token, as: LiveTokenPayload.self)
    }

    /// Checks the signature of a token that ``allow(algorithm:keyID:)`` has let pass, whatever it claims.
    func verifySignature(of token: String) async throws {
        _ = try await keys.verify(token, as: AnyClaims.self)
    }

    /// Claims that somebody else reads.
    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}
