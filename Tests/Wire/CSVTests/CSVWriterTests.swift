import CSV
import Testing

struct `CSV writer` {
    @Test func `makes what the reader reads`() {
        let rows: [[String]] = [
            ["user_id", "name"], ["1", "Ada, Countess"], ["2", "say \"hi\""], ["3", "two\nlines"],
            ["4", "a\rb"],
            ["", " blank "], ["\u{FEFF}mark", "é"],
        ]
        var bytes: [UInt8] = []
        for row in rows { CSVWriter.write(row, to: &bytes) }
        var reader = CSVReader()
        let events = reader.read(bytes[...]) + reader.finish()
        let read = events.compactMap { event -> [String]? in
            guard case .row(let row) = event else { return nil }
            return row.fields
        }
        #expect(read == rows)
    }

    @Test func `writes nothing for what is missing`() {
        var bytes: [UInt8] = []
        CSVWriter.write([nil, "a", nil], to: &bytes)
        #expect(bytes == Array(",a,\r\n".utf8))
    }
}
