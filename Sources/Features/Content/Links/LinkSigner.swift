import HTTP
import Tenancy

/// Signs and checks URLs of content, in the form that nginx checks by itself: `secure_link $arg_md5,$arg_expires` with
/// `secure_link_md5 "$secure_link_expires$uri $secret"`.
///
/// MD5 is nginx's choice; the secret stands last and is long, so that neither a collision of chosen paths nor an extension of
/// a known text makes a valid signature. Pure: the time is handed in.
package struct LinkSigner: Sendable {
    /// How long a URL is valid at most.
    package static let longest: Int64 = 300
    /// For so long the same content has the same URL, so that browsers and caches find what they have.
    package static let window: Int64 = 150

    /// What is to be said of a URL.
    package enum Verdict: Hashable, Sendable {
        case valid
        /// It was valid once.
        case expired
        /// The signature is another, or there is none.
        case wrong
    }

    private let secret: String

    /// Signs with a secret of at least 32 bytes.
    ///
    /// It stands in nginx's configuration, too, so it must hold no blanks, quotes or dollars.
    package init(secret: String) {
        precondition(secret.utf8.count >= 32, "the secret for links is shorter than 32 bytes")
        self.secret = secret
    }

    /// Path and query of a link, valid for 150 to 300 seconds.
    package func sign(_ link: ContentLink, at now: Int64) -> String {
        let expires = (now / 1000 / LinkSigner.window + 2) * LinkSigner.window
        let path = link.path.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentCoding.encode(String($0)) }.joined(separator: "/")
        return "\(path)?md5=\(digest(link.path, expires))&expires=\(expires)"
    }

    /// Judges a link by the query that came with it.
    package func check(_ link: ContentLink, md5: String?, expires: String?, at now: Int64) -> Verdict {
        guard let md5, let expires, let second = Int64(expires), String(second) == expires,
            Digest.isEqual(Array(md5.utf8), Array(digest(link.path, second).utf8))
        else { return .wrong }
        // A signature that is valid for longer was not made here.
        guard second - now / 1000 <= LinkSigner.longest else { return .wrong }
        return second >= now / 1000 ? .valid : .expired
    }

    private func digest(_ path: String, _ expires: Int64) -> String {
        Base64.encode(ContentDigest.md5(Array("\(expires)\(path) \(secret)".utf8)), .url)
    }
}
