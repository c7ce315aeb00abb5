import CSV
import Testing

/// A row as one text, or what is wrong with it.
private func line(_ event: CSVReader.Event) -> String {
    switch event {
    case .row(let row): "\(row.number): \(row.fields.joined(separator: "|"))"
    case .fault(let fault): "\(fault.number)! \(fault.message)"
    }
}

private func read(_ bytes: [UInt8], cuts: [Int] = [], _ limits: CSVLimits = CSVLimits()) -> [String] {
    var reader = CSVReader(limits: limits)
    var events: [CSVReader.Event] = []
    var start = 0
    for cut in cuts + [bytes.count] {
        events += reader.read(bytes[start..<cut])
        start = cut
    }
    return (events + reader.finish()).map(line)
}

private func read(_ text: String, _ limits: CSVLimits = CSVLimits()) -> [String] {
    read(Array(text.utf8), limits)
}

private func read(_ bytes: [UInt8], _ limits: CSVLimits) -> [String] { read(bytes, cuts: [], limits) }

struct `CSV reader` {
    static let texts: [(String, [String])] = [
        ("", []), ("\n\r\n\r", []), ("a", ["1: a"]), ("a,b\r\nc,d\r\n", ["1: a|b", "2: c|d"]),
        ("a,b\nc,d", ["1: a|b", "2: c|d"]), ("a\rb\r", ["1: a", "2: b"]), ("a\r\n\r\nb", ["1: a", "3: b"]),
        (",\n", ["1: |"]), ("a,", ["1: a|"]), ("\"\"\n", ["1: "]), ("\"a,b\",c", ["1: a,b|c"]),
        ("\"a\"\"b\"", ["1: a\"b"]), ("\"\"\"\"", ["1: \""]), ("\"a\r\nb\",c\nd", ["1: a\r\nb|c", "2: d"]),
        ("\u{FEFF}a\n", ["1: a"]), ("\u{FEFF}\"a\"\n", ["1: a"]), ("a\u{FEFF}", ["1: a\u{FEFF}"]),
        ("é,日本\n", ["1: é|日本"]),
        (" a ,b\n", ["1:  a |b"]), ("=1+1,+1,-1,@x\n", ["1: =1+1|+1|-1|@x"]),
        ("a\"b\nc", ["1! a quote stands where none may be", "2: c"]),
        ("\"a\"b\nc", ["1! a quote stands where none may be", "2: c"]),
        ("\"a\" ,b\nc", ["1! a quote stands where none may be", "2: c"]),
        ("a\u{0}b\nc", ["1! the row has a zero byte", "2: c"]),
        ("a\n\"b\nc", ["1: a", "2! a quoted field has no end"]),
        ("a\n\"b\"\"", ["1: a", "2! a quoted field has no end"]),
    ]

    @Test(arguments: texts)
    func `reads rows, wherever they are cut`(text: String, rows: [String]) {
        let bytes = Array(text.utf8)
        #expect(read(bytes) == rows)
        for cut in 0...bytes.count { #expect(read(bytes, cuts: [cut]) == rows, "cut at \(cut)") }
        #expect(read(bytes, cuts: Array(0...bytes.count)) == rows)
    }

    @Test func `names rows that are not UTF-8 and reads the others`() {
        #expect(read([0xFF, 0x0A, 0x61]) == ["1! the row is not UTF-8", "2: a"])
        // Latin-1, UTF-16 with its mark, half a byte order mark.
        #expect(
            read([0x61, 0x0A, 0xE9, 0x2C, 0x62, 0x0A, 0x63]) == ["1: a", "2! the row is not UTF-8", "3: c"])
        #expect(read([0xFF, 0xFE, 0x61, 0x00]) == ["1! the row has a zero byte"])
        #expect(read([0xEF, 0xBB]) == ["1! the row is not UTF-8"])
        #expect(read([0xEF, 0xBB, 0x61, 0x0A, 0x62]) == ["1! the row is not UTF-8", "2: b"])
        // Surrogates and overlong forms are no UTF-8 either.
        #expect(read([0xED, 0xA0, 0x80]) == ["1! the row is not UTF-8"])
        #expect(read([0xC0, 0x80]) == ["1! the row is not UTF-8"])
    }

    @Test func `bounds columns, fields and rows`() {
        let limits = CSVLimits(columns: 3, fieldBytes: 4, rowBytes: 12)
        #expect(read("a,b,c\n", limits) == ["1: a|b|c"])
        #expect(read("a,b,c,d\ne", limits) == ["1! the row has more than 3 columns", "2: e"])
        #expect(read("abcd\n", limits) == ["1: abcd"])
        #expect(read("abcde\ne", limits) == ["1! a field is longer than 4 bytes", "2: e"])
        #expect(read("\"abcde\"\ne", limits) == ["1! a field is longer than 4 bytes", "2: e"])
        #expect(read("abcd,abcd,ab\ne", limits) == ["1: abcd|abcd|ab", "2: e"])
        #expect(read("abcd,abcd,abc\ne", limits) == ["1! the row is longer than 12 bytes", "2: e"])
        #expect(read("\"abcdefghijklmnop\"\ne", limits) == ["1! a field is longer than 4 bytes"])
        #expect(
            read("a\n\"b\nc\nd\ne\nf\ng\nh\ni\nj\n", limits) == ["1: a", "2! a field is longer than 4 bytes"])
    }

    @Test func `ends where a quoted field has no end in sight`() {
        var reader = CSVReader(limits: CSVLimits(columns: 3, fieldBytes: 100, rowBytes: 8))
        #expect(
            reader.read(Array("\"aaaaaaaaaa".utf8)[...]).map(line) == ["1! the row is longer than 8 bytes"])
        #expect(reader.isOver)
        #expect(reader.read(Array("\"\nb\n".utf8)[...]).isEmpty && reader.finish().isEmpty)
    }

    @Test func `gives back what was put in, whatever it is`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Dice(state: seed)
        let alphabet = Array("\"\",\r\nab é".unicodeScalars)
        for round in 0..<300 {
            var rows: [[String]] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                rows.append(
                    (0..<Int.random(in: 1...4, using: &random)).map { _ in
                        var text = String.UnicodeScalarView()
                        for _ in 0..<Int.random(in: 0...6, using: &random) {
                            text.append(alphabet.randomElement(using: &random) ?? "x")
                        }
                        return String(text)
                    })
            }
            let written = rows.map { row in
                row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
            }.joined(separator: "\r\n")
            let bytes = Array(written.utf8)
            let expected = rows.enumerated().map { CSVReader.Event.row(CSVRow(number: $0 + 1, fields: $1)) }
            var reader = CSVReader()
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let found = reader.read(bytes[..<cut]) + reader.read(bytes[cut...]) + reader.finish()
            #expect(found == expected, "round \(round) of seed \(seed)")
        }
    }
}

/// Random numbers that a seed repeats.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
