import HTML
import Testing

struct `HTML limits` {
    @Test func `refuse a text that is too large`() throws {
        var policy = HTMLPolicy()
        policy.limits.bytes = 10
        #expect(try HTMLSanitizer.sanitize("0123456789", policy: policy) == "0123456789")
        #expect(throws: HTMLError.tooLarge(limit: 10)) {
            try HTMLSanitizer.sanitize("0123456789a", policy: policy)
        }
        #expect(throws: HTMLError.tooLarge(limit: 10)) {
            try HTMLSanitizer.plainText(of: "0123456789a", policy: policy)
        }
    }

    @Test func `refuse more elements than any page has`() throws {
        var policy = HTMLPolicy()
        policy.limits.elements = 3
        #expect(try HTMLSanitizer.sanitize("<br><br><br>", policy: policy) == "<br><br><br>")
        #expect(throws: HTMLError.tooManyElements(limit: 3)) {
            try HTMLSanitizer.sanitize("<br><br><br><br>", policy: policy)
        }
        // Those that a table needs count, too.
        #expect(throws: HTMLError.tooManyElements(limit: 3)) {
            try HTMLSanitizer.sanitize("<table>x</table>", policy: policy)
        }
    }

    @Test func `take the tags of what is nested too deeply, and keep its text`() throws {
        var policy = HTMLPolicy()
        policy.limits.depth = 2
        #expect(
            try HTMLSanitizer.sanitize("<b><i><u>x</u>y</i>z</b>", policy: policy) == "<b><i>xy</i>z</b>")
        #expect(try HTMLSanitizer.sanitize("<table><tr><td>x</table>", policy: policy) == "x")
    }

    @Test func `take attributes beyond their number`() throws {
        var policy = HTMLPolicy()
        policy.limits.attributes = 2
        #expect(
            try HTMLSanitizer.sanitize("<p a b title=c>x</p><p a title=c>y</p>", policy: policy)
                == "<p>x</p><p title=\"c\">y</p>")
    }

    @Test func `take an address that is too long`() throws {
        let long = String(repeating: "a", count: 2048)
        #expect(try HTMLSanitizer.sanitize("<a href='/\(long)'>x</a>") == "<a>x</a>")
    }

    /// With time that grew faster than the input, one of these would take hours.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            "<", "<a", "<a ", "</", "<!", "<!--", "<!-- -", "--", "<p", "<b>", "<p>", "<div>", "<table>",
            "<li>",
            "<a href=x>", "</p>", "</b>", "<svg>", "<title>", "<title></title", "<style></", "&", "&#", "&#9",
            "&#x",
            "&amp", "&notit", "\0", "<p a=1 b=2 c=3", "a=\"", "<p style=';", "<table><td>", "<b><p></b>",
            "<select>",
            "<textarea></textarea>", "<img src=https://x/>", "<pre>\n", "é", "<![CDATA[", "]]>", "<font><i>",
            "x ",
            "<p title='<", "<template></template>", "<a><table>", "<dt><dd>",
        ])
    func `take a bounded time for each byte`(piece: String) throws {
        var policy = HTMLPolicy()
        policy.limits.elements = .max
        policy.limits.bytes = 1 << 18
        let text = String(repeating: piece, count: policy.limits.bytes / piece.utf8.count)
        let safe = try HTMLSanitizer.sanitize(text, policy: policy)
        // A cell of a table is the longest thing that a few bytes can ask for.
        #expect(safe.utf8.count <= 40 * text.utf8.count)
        #expect(try HTMLSanitizer.plainText(of: text, policy: policy).utf8.count <= text.utf8.count)
    }
}
