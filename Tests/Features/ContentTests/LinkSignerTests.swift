import Postgres
import Tenancy
import Testing

@testable import Content

struct `Link signer` {
    private let signer = LinkSigner(secret: String(repeating: "s", count: 32))
    private let sha = String(repeating: "ab", count: 32)
    private let now: Int64 = 1_800_000_000_000

    private func link(
        _ institution: Int64 = 17, file: Int64 = 5, name: String = "a b é.pdf", save: Bool = false
    )
        -> ContentLink
    {
        ContentLink(
            institution: InstitutionID(rawValue: institution), file: file, sha256: sha, isDownload: save,
            filename: name)
    }

    /// Path and query, taken apart.
    private func parts(_ url: String) throws -> (path: String, md5: String, expires: String) {
        let match = try #require(url.wholeMatch(of: /([^?]+)\?md5=([A-Za-z0-9_-]{22})&expires=([0-9]+)/))
        return (String(match.1), String(match.2), String(match.3))
    }

    @Test func `signs as nginx checks`() throws {
        // printf '1800000300/content/17/5/…/show/x ssss…' | openssl md5 -binary | base64 | tr +/ -_ | tr -d =
        let url = signer.sign(link(name: "x"), at: now)
        #expect(url == "/content/17/5/\(sha)/show/x?md5=sY31OzQ0fcilKIUmP6zt4A&expires=1800000300")
    }

    @Test func `encodes the name in the path and signs it as it is`() throws {
        let (path, md5, expires) = try parts(signer.sign(link(), at: now))
        #expect(path == "/content/17/5/\(sha)/show/a%20b%20%C3%A9.pdf")
        #expect(signer.check(link(), md5: md5, expires: expires, at: now) == .valid)
    }

    @Test func `gives the same URL within a window, and one that is valid for 150 to 300 seconds`() throws {
        var urls: Set<String> = []
        for second in 0..<Int64(600) {
            let moment = now + second * 1000
            let url = signer.sign(link(), at: moment)
            urls.insert(url)
            let expires = try #require(Int64(try parts(url).expires))
            #expect((150...300).contains(expires - moment / 1000))
        }
        #expect(urls.count == 4)
    }

    @Test func `ends, and is not made for longer`() throws {
        let (_, md5, expires) = try parts(signer.sign(link(), at: now))
        let end = try #require(Int64(expires)) * 1000
        #expect(signer.check(link(), md5: md5, expires: expires, at: end) == .valid)
        #expect(signer.check(link(), md5: md5, expires: expires, at: end + 1000) == .expired)
        #expect(signer.check(link(), md5: md5, expires: expires, at: now - 200_000) == .wrong)
    }

    @Test func `notices every change`() throws {
        let (_, md5, expires) = try parts(signer.sign(link(), at: now))
        for other in [
            link(18), link(file: 6), link(name: "b"), link(save: true),
            ContentLink(
                institution: InstitutionID(rawValue: 17), file: 5, sha256: String(repeating: "0", count: 64),
                isDownload: false, filename: "a b é.pdf"),
        ] {
            #expect(signer.check(other, md5: md5, expires: expires, at: now) == .wrong)
        }
        #expect(signer.check(link(), md5: nil, expires: expires, at: now) == .wrong)
        #expect(signer.check(link(), md5: md5, expires: nil, at: now) == .wrong)
        #expect(signer.check(link(), md5: md5, expires: "\(expires)0", at: now) == .wrong)
        #expect(signer.check(link(), md5: md5, expires: "0\(expires)", at: now) == .wrong)
        #expect(signer.check(link(), md5: String(md5.dropLast()) + "!", expires: expires, at: now) == .wrong)
        let stranger = LinkSigner(secret: String(repeating: "t", count: 32))
        #expect(stranger.check(link(), md5: md5, expires: expires, at: now) == .wrong)
    }

    @Test func `reads its own paths and no others`() {
        func read(_ path: String) -> ContentLink? {
            ContentLink(
                segments: path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).map(
                    String.init))
        }
        #expect(read(link().path) == link())
        #expect(read(link(save: true).path) == link(save: true))
        for path in [
            "/content/17/5/\(sha)/show", "/content/17/5/\(sha)/show/", "/content/17/5/\(sha)/show/a/b",
            "/content/017/5/\(sha)/show/a", "/content/17/+5/\(sha)/show/a", "/content/17/5/\(sha)x/show/a",
            "/content/-1/5/\(sha)/show/a", "/content/17/5/\(sha)/other/a", "/content/0/5/\(sha)/show/a",
        ] {
            #expect(read(path) == nil, "\(path)")
        }
    }
}
