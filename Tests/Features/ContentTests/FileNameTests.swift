import Testing

@testable import Content

struct `File name` {
    @Test(arguments: [
        ("a.txt", "a.txt"), (" a b .txt ", "a b .txt"), ("/etc/passwd", "passwd"),
        ("C:\\dir\\x.doc", "x.doc"),
        ("C:\\temp\\a", "a"), ("...", "..."), (".hidden", ".hidden"), ("e\u{301}.png", "\u{E9}.png"),
        ("a'\"<>&.html", "a'\"<>&.html"),
        ("\u{1F600}.png", "\u{1F600}.png"), ("क्\u{200D}ष.txt", "क्\u{200D}ष.txt"), ("%2e%2e", "%2e%2e"),
    ])
    func `is brought into one form`(raw: String, name: String) throws {
        let made = try #require(FileName(raw))
        #expect(Array(made.text.utf8) == Array(name.utf8))
        #expect(FileName(made.text) == made)
    }

    @Test(arguments: [
        "", " ", ".", "..", "a/", "a/..", "../../a", "..\\a", "a/../b", "\\", "a\nb", "a\r\nX-Evil: 1",
        "a\0b", "\u{7F}",
        "a\u{202E}gpj.exe", "a\u{2028}b",
        "\u{FEFF}a", "a\u{200B}", "\u{E000}", String(repeating: "a", count: 256),
        String(repeating: "é", count: 128),
    ])
    func `is refused where it hides something, or is none`(raw: String) { #expect(FileName(raw) == nil) }

    @Test(arguments: [
        ("a.txt", 1, "a-1.txt"), ("a.tar.gz", 2, "a-2.tar.gz"), ("a", 3, "a-3"), (".hidden", 1, ".hidden-1"),
        ("a.b.\(String(repeating: "c", count: 40))", 1, "a.b.\(String(repeating: "c", count: 40))-1"),
    ])
    func `gets a number before its ending`(raw: String, number: Int, expected: String) throws {
        #expect(try #require(FileName(raw)).numbered(number).text == expected)
    }

    @Test func `stays short enough with a number`() throws {
        let long = try #require(FileName(String(repeating: "é", count: 125) + ".txt"))
        let made = long.numbered(10)
        #expect(made.text.utf8.count <= 255 && made.text.hasSuffix("-10.txt"))
        #expect(FileName(made.text) == made)
    }
}
