import Foundation
import HTML
import JSON
import Testing

struct `HTML sanitizer` {
    @Test func `knows its vectors`() { #expect(Vector.all.count > 250) }

    @Test(arguments: Vector.all)
    func `writes what is safe and nothing else`(vector: Vector) throws {
        #expect(try HTMLSanitizer.sanitize(vector.html, policy: Vector.policy) == vector.safe)
    }

    @Test(arguments: Vector.all)
    func `changes nothing that it has written`(vector: Vector) throws {
        #expect(try HTMLSanitizer.sanitize(vector.safe, policy: Vector.policy) == vector.safe)
    }

    @Test func `keeps what an editor makes as it is`() throws {
        let text = """
            <h2 id="content-a">Title</h2><p style="text-align: center">A <strong>bold</strong> <em>word</em>, \
            <a href="https://example.org/" target="_blank" rel="noopener noreferrer">a link</a>.</p>\
            <ul><li>one</li><li>two<ol><li>a</li></ol></li></ul><pre>if (a &lt; b) {\n  c\n}</pre>\
            <blockquote cite="https://example.org/">said</blockquote>\
            <table style="border-collapse: collapse; width: 100%" border="1"><caption>C</caption><thead><tr>\
            <th scope="col">H</th></tr></thead><tbody><tr><td colspan="2">D</td></tr></tbody></table>\
            <figure><img src="/courses/1/files/2/preview" alt="A" width="300" loading="lazy">\
            <figcaption>F</figcaption></figure><details><summary>S</summary><p>x<sub>2</sub></p></details>
            """
        #expect(try HTMLSanitizer.sanitize(text) == text)
    }

    @Test func `is done after one time, whatever the input`() throws {
        var soup = HTMLSoup()
        for round in 0..<3000 {
            let text = soup.text(pieces: 40)
            let once = try HTMLSanitizer.sanitize(text)
            let twice = try HTMLSanitizer.sanitize(once)
            #expect(once == twice, "seed \(soup.seed), round \(round): \(text.debugDescription)")
            #expect(Self.isHarmless(once), "seed \(soup.seed), round \(round): \(text.debugDescription)")
        }
    }

    @Test func `reads random bytes without harm`() throws {
        var soup = HTMLSoup()
        for round in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...60, using: &soup)).map { _ in
                Bool.random(using: &soup)
                    ? Array("<>/&;=\"' !-pabr#x:".utf8).randomElement(using: &soup) ?? 0
                    : UInt8.random(in: 0...255, using: &soup)
            }
            let once = try HTMLSanitizer.sanitize(String(decoding: bytes, as: UTF8.self))
            #expect(try HTMLSanitizer.sanitize(once) == once, "seed \(soup.seed), round \(round)")
            #expect(Self.isHarmless(once), "seed \(soup.seed), round \(round)")
        }
    }

    /// Whether the markup is of the canonical form, with no tag or attribute that nobody has listed: read by a parser
    /// that shares nothing with the module.
    private static func isHarmless(_ text: String) -> Bool {
        let tag = /<(\/?)([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>/
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "<") {
            guard !rest[..<open].contains(">"), let match = rest[open...].prefixMatch(of: tag) else {
                return false
            }
            guard !["script", "style", "svg", "math", "iframe", "form", "input", "object"].contains(match.2),
                !match.3.contains(/\ (on[a-z]*|srcdoc|name|class|formaction)="/)
            else { return false }
            rest = rest[match.range.upperBound...]
        }
        return !rest.contains(">")
    }

    @Test func `writes random soups for the browser test`() throws {
        guard let path = ProcessInfo.processInfo.environment["COHORT_HTML_SOUP"] else { return }
        var soup = HTMLSoup()
        print("seed \(soup.seed)")
        let texts = (0..<1500).map { _ in soup.text(pieces: 30) }
        let safe = try texts.map { try HTMLSanitizer.sanitize($0) }
        let json = RawJSON { writer in
            writer.array(of: Array(zip(texts, safe))) { writer, pair in
                writer.object { writer in
                    writer.member("html", pair.0)
                    writer.member("safe", pair.1)
                }
            }
        }
        try Data(json.bytes).write(to: URL(fileURLWithPath: path))
    }
}
