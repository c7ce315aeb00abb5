/// Random HTML out of everything that parsers stumble over; the same for the same seed (SplitMix64).
struct HTMLSoup: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64 = .random(in: 0...(.max))) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static let names = [
        "p", "div", "h1", "h2", "li", "ul", "ol", "dl", "dt", "dd", "table", "caption", "colgroup", "col",
        "thead",
        "tbody", "tfoot", "tr", "td", "th", "a", "b", "i", "em", "strong", "span", "sub", "code", "pre", "br",
        "hr",
        "img", "details", "summary", "figure", "figcaption", "blockquote", "section", "address", "ins", "q",
        "u",
        "audio", "video", "source", "track", "strike", "small", "mark",
        "svg", "math", "style", "script", "template", "noscript", "title", "textarea", "select", "option",
        "form",
        "button", "nobr", "font", "ruby", "rt", "xmp", "iframe", "mtext", "mglyph", "foreignObject", "desc",
        "body",
        "html", "head", "frameset", "plaintext", "object", "marquee", "input", "center", "big", "image",
    ]
    private static let attributes = [
        " href=/a", " href='javascript:parent.ran(1)'", " src=/a.png", " src=x", " onerror=parent.ran(2)",
        " id=x",
        " title='</p>'", " title=\"<img src=x onerror=parent.ran(3)>\"", " style='color:red;position:fixed'",
        "/",
        " colspan=3", " onclick='parent.ran(4)' ", " target=_blank", " title='--&gt;'", " title=`", " =x",
        " title='a&#10;b'", " lang=de",
    ]
    private static let pieces = [
        "text", " ", "\n", "\t\r\n", "&lt;", "&amp;", "&#0;", "&copy", "<", ">", "\"", "'", "`", "<!--",
        "-->", "--!>",
        "<![CDATA[", "]]>", "<!doctype html>", "<?x?>", "</", "<3", "é", "\u{1F600}", "\0", "=", "/>",
        "&#x3c;b&#x3e;",
        "</br>", "</p>", "\n\n",
    ]

    /// A text of at most `count` pieces.
    mutating func text(pieces count: Int) -> String {
        var result = ""
        for _ in 0..<Int.random(in: 0...count, using: &self) {
            switch Int.random(in: 0..<10, using: &self) {
            case 0..<5:
                result += "<" + one(of: HTMLSoup.names)
                for _ in 0..<Int.random(in: 0...2, using: &self) { result += one(of: HTMLSoup.attributes) }
                result += ">"
            case 5..<8: result += "</" + one(of: HTMLSoup.names) + ">"
            default: result += one(of: HTMLSoup.pieces)
            }
        }
        return result
    }

    private mutating func one(of list: [String]) -> String { list.randomElement(using: &self) ?? "" }
}
