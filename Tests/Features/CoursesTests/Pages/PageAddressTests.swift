import Testing

@testable import Courses

struct `The address of a page` {
    @Test(arguments: [
        ("Week 1: Cells & Tissues", "week-1-cells-tissues"), ("  --Hello--  ", "hello"), ("Don't", "dont"),
        ("Übung Nº 3", "übung-nº-3"), ("数学", "数学"), ("!!!", "page"), ("2024", "2024"),
        ("a/b\\c?d#e%f", "a-b-c-d-e-f"),
    ])
    func `is made of the title's letters and digits`(title: String, address: String) {
        #expect(PageAddress.of(title: title) == address)
    }

    @Test(arguments: [
        ("week-1", "week 1"), ("-1", "1"), ("week--1-", "week 1"), ("---", "---"), ("2024", "2024"),
    ])
    func `gives a title without spaces around it`(address: String, title: String) {
        #expect(PageAddress.title(for: address) == title)
    }

    @Test func `has a bound, and does not end in a hyphen`() {
        let address = PageAddress.of(title: String(repeating: "ab ", count: 200))
        #expect(address.unicodeScalars.count <= PageAddress.longest)
        #expect(!address.hasSuffix("-"))
    }

    @Test func `is the same when made again`() {
        for title in ["Week 1", "Ärger & Ähnliches", "x--y", "42"] {
            let once = PageAddress.of(title: title)
            #expect(PageAddress.of(title: once) == once)
        }
    }

    @Test func `is told from an id`() {
        #expect(PageReference("page_id:17") == .id(17))
        #expect(PageReference("17") == .address("17", orID: 17))
        #expect(PageReference("Week-1") == .address("week-1", orID: nil))
        for text in ["", "page_id:", "page_id:x", "page_id:-1", "a\u{0}", String(repeating: "x", count: 256)]
        {
            #expect(PageReference(text) == nil, "\(text)")
        }
    }
}
