import JSON
import Postgres

/// A sign-in that is under way at another provider, as the browser keeps it: sealed, for ten minutes.
///
/// Nothing of it is stored here; that it comes back once is another table's matter.
struct SignInAttempt: Equatable, Sendable {
    /// How long a person may take at the provider.
    static let lifetimeSeconds: Int64 = 600
    private static let longest = 4096

    let institution: InstitutionID
    /// The issuer whose answer is waited for.
    let issuer: String
    /// What the provider gives back (RFC 6749 §10.12).
    let state: String
    /// What the token must name.
    let nonce: String
    /// What proves that who began it ends it (RFC 7636).
    let verifier: String
    /// Where to go then.
    let returnPath: String
    /// When it ends, in milliseconds since 1970.
    let expiresAt: Int64

    /// Begins an attempt now (milliseconds since 1970).
    init(institution: InstitutionID, issuer: String, returnPath: String, at now: Int64) {
        self.institution = institution
        self.issuer = issuer
        self.returnPath = returnPath
        state = Base64.encode(Digest.random(32), .url)
        nonce = Base64.encode(Digest.random(32), .url)
        verifier = Base64.encode(Digest.random(32), .url)
        expiresAt = now + Self.lifetimeSeconds * 1000
    }

    /// What the verifier is known by until it is shown (RFC 7636 §4.2, S256).
    var challenge: String { Base64.encode(Digest.sha256(Array(verifier.utf8)), .url) }

    /// The cookie's value.
    func sealed(_ seal: Seal) -> String {
        let json = RawJSON { json in
            json.object { json in
                json.member("i", institution.rawValue)
                json.member("u", issuer)
                json.member("s", state)
                json.member("n", nonce)
                json.member("v", verifier)
                json.member("r", returnPath)
                json.member("e", expiresAt)
            }
        }
        return Base64.encode(seal.seal(json.bytes, context: "sign-in"), .url)
    }

    /// Reads a cookie; `nil` for one that is none of ours or has ended by `now` (milliseconds since 1970).
    init?(_ text: String, _ seal: Seal, at now: Int64) {
        guard text.utf8.count <= Self.longest, let sealed = Base64.decode(text, .url),
            let bytes = seal.open(sealed, context: "sign-in"),
            let json = try? JSONReader.read(bytes), let institution = json["i"]?.number?.int64,
            let issuer = json["u"]?.string, let state = json["s"]?.string, let nonce = json["n"]?.string,
            let verifier = json["v"]?.string, let returnPath = json["r"]?.string,
            let expiresAt = json["e"]?.number?.int64, now < expiresAt
        else { return nil }
        self.institution = InstitutionID(rawValue: institution)
        self.issuer = issuer
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.returnPath = returnPath
        self.expiresAt = expiresAt
    }
}

/// Where people go on after a sign-in: a path of ours, whatever was asked for.
enum ReturnPath {
    /// Where a person answers an app, who has to sign in first; what was asked waits in the browser.
    private static let consent = "/login/oauth2/confirm"
    private static let longest = 512

    /// The path, or the first page for anything that a browser could read as another site's address.
    static func of(_ wish: String?) -> String {
        guard let wish, wish.utf8.count <= longest, wish.hasPrefix("/"), !wish.hasPrefix("//"),
            wish.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            wish == consent || !wish.hasPrefix("/login"), !wish.hasPrefix("/sign-in"), !wish.hasPrefix("/api")
        else { return "/" }
        return wish
    }
}
