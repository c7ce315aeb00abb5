import Testing

@testable import Search

struct `What the index says becomes values` {
    @Test func `marks become places in code points`() {
        let excerpt = Excerpt(marked: "Das \u{2}Häuser\u{3}meer 🌊 am \u{2}Meer\u{3}")
        #expect(excerpt.text == "Das Häusermeer 🌊 am Meer")
        #expect(excerpt.highlights == [.init(start: 4, length: 6), .init(start: 20, length: 4)])
    }

    @Test(arguments: ["", "\u{3}", "\u{2}\u{3}", "\u{2}", "\u{3}\u{2}"])
    func `marks without a text between them mark nothing`(text: String) {
        let excerpt = Excerpt(marked: text)
        #expect(excerpt.text.isEmpty)
        #expect(excerpt.highlights.isEmpty)
    }

    @Test func `a text is stored without control characters and not too long`() {
        #expect(IndexedDocument.text("a\u{2}b\u{0}c\nd") == "a b c\nd")
        #expect(IndexedDocument.text("äöü", bytes: 5) == "äö")
        #expect(IndexedDocument.text(String(repeating: "x", count: 70_000)).utf8.count == 65_536)
    }

    @Test(
        arguments: [
            (nil, nil, "english"), ("de", nil, "german"), ("de-AT", "en", "german"), (nil, "fr_CA", "french"),
            ("tlh", "de", "simple"), ("EN", nil, "english"), ("", "de", "simple"),
        ] as [(String?, String?, String)])
    func `a locale has a configuration, the course's before the institution's`(
        course: String?, institution: String?, expected: String
    ) {
        #expect(SearchLanguage.configuration(course: course, institution: institution) == expected)
    }

    @Test func `a batch names each thing once and ends with its last change`() {
        let batch = OutboxBatch([
            (DocumentKey(kind: "user", id: 2), .init(changed: "7", seq: 1)),
            (DocumentKey(kind: "contents", id: 9), .init(changed: "7", seq: 2)),
            (DocumentKey(kind: "user", id: 1), .init(changed: "8", seq: 3)),
            (DocumentKey(kind: "user", id: 2), .init(changed: "9", seq: 4)),
        ])
        #expect(batch.ids == ["user": [1, 2]])
        #expect(batch.courses == [9])
        #expect(batch.end == .init(changed: "9", seq: 4))
        #expect(OutboxBatch([]).isEmpty)
    }
}
