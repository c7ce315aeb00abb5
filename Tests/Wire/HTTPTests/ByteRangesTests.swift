import HTTP
import Testing

struct `Byte ranges` {
    @Test(arguments: [
        ("bytes=0-0", [0..<1]), ("bytes=0-499", [0..<500]), ("bytes=500-999", [500..<1000]),
        ("bytes=-1", [999..<1000]),
        ("bytes=-1000", [0..<1000]), ("bytes=-5000", [0..<1000]), ("bytes=999-", [999..<1000]),
        ("bytes=0-", [0..<1000]),
        ("bytes=900-5000", [900..<1000]), ("BYTES=1-2", [1..<3]), ("bytes=0-0,-1", [0..<1, 999..<1000]),
        ("bytes= 5-6 , 1-2", [5..<7, 1..<3]), ("bytes=0-1,2000-3000", [0..<2]), ("bytes=-0,5-5", [5..<6]),
        ("bytes=0-1,,3-3", [0..<2, 3..<4]),
    ])
    func `inside the representation`(text: String, parts: [Range<Int>]) {
        #expect(ByteRanges(text, size: 1000) == .parts(parts))
    }

    @Test(arguments: ["bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=5000-6000,-0"])
    func `outside of it`(text: String) {
        #expect(ByteRanges(text, size: 1000) == .unsatisfiable)
    }

    @Test(arguments: [
        nil, "", "bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=5", "bytes=-", "bytes=2-1", "bytes=1-2-3",
        "bytes=1 -2", "bytes=+1-2", "lines=0-1", "bytes 0-1", "bytes=0-99999999999999999999", "bytes=0-5,3-8",
        "bytes=0-,-1", "bytes=0-0,0-0", "bytes=0-1;x",
    ])
    func `that are ignored`(text: String?) {
        #expect(ByteRanges(text, size: 1000) == .whole)
    }

    @Test func `of nothing`() {
        #expect(ByteRanges("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRanges("bytes=-5", size: 0) == .unsatisfiable)
    }

    @Test func `are bounded in number`() {
        func text(_ count: Int) -> String {
            "bytes=" + (0..<count).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",")
        }
        #expect(ByteRanges(text(16), size: 1000) != .whole)
        #expect(ByteRanges(text(17), size: 1000) == .whole)
    }

    @Test func `are named in the answer`() {
        #expect(ByteRanges.contentRange(0..<500, size: 1234) == "bytes 0-499/1234")
    }
}
