import HTML
import Testing

struct `Plain text of HTML` {
    @Test(
        arguments: [
            ("", ""), ("a", "a"), ("  a \n b  ", "a b"), ("<p>a</p><p>b</p>", "a\nb"), ("a<br>b", "a\nb"),
            ("<b>a</b>b <i> c</i>", "ab c"), ("<ul><li>a<li>b</ul>c", "a\nb\nc"),
            ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"), ("<h1>T</h1>x<hr>y", "T\nx\ny"),
            ("<script>a</script>b<style>c</style>", "b"), ("<svg><text>a</text></svg>b", "b"),
            ("a &lt;b&gt; &amp; c", "a <b> & c"), ("<img src=/a.png alt=Cat>!", "Cat!"),
            ("<img src=https://evil.example/a alt=Cat>", "Cat"), ("a<!-- b -->c", "ac"), ("<p", ""),
            ("<p>a<div><div>b</div></div>", "a\nb"),
        ])
    func `is what a reader sees`(html: String, text: String) throws {
        #expect(try HTMLSanitizer.plainText(of: html) == text)
    }

    @Test(arguments: 0..<12)
    func `ends with a whole character`(limit: Int) throws {
        let text = try HTMLSanitizer.plainText(of: "aé€😀z", limit: limit)
        #expect("aé€😀z".hasPrefix(text))
        #expect(text.utf8.count <= limit)
        #expect(text.utf8.count >= min(limit, 11) - 3)
    }
}
