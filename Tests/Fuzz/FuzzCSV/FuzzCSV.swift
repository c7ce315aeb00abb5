import CSV
import FuzzKit

/// Comma-separated values: however they are cut, the same rows are read; and rows that are written are read as the same.
@c(LLVMFuzzerTestOneInput)
package func readRows(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        let readings = Cuts(bytes).ways.map { read(bytes, $0) }
        for other in readings.dropFirst() {
            agree(readings[0], other, "the rows depend on where they were cut")
        }
        var rows: [[String]] = []
        for case .row(let row) in readings[0] { rows.append(row.fields) }
        // A row of one empty field is an empty line, which counts for nothing.
        rows.removeAll { $0 == [""] }
        var written: [UInt8] = []
        for row in rows { CSVWriter.write(row, to: &written) }
        // What quoting adds is not the limits' business here.
        var reader = CSVReader()
        var again: [[String]] = []
        for event in reader.read(written[...]) + reader.finish() {
            guard case .row(let row) = event else { fatalError("a written row has a fault: \(event)") }
            again.append(row.fields)
        }
        agree(again.map { $0.map { Array($0.utf8) } }, rows.map { $0.map { Array($0.utf8) } }, "rows change")
    }
}

private func read(_ bytes: [UInt8], _ pieces: [Range<Int>]) -> [CSVReader.Event] {
    var limits = CSVLimits()
    (limits.columns, limits.fieldBytes, limits.rowBytes) = (6, 40, 100)
    var reader = CSVReader(limits: limits)
    var events: [CSVReader.Event] = []
    for range in pieces { events += reader.read(bytes[range]) }
    events += reader.finish()
    hold(reader.isOver, "a file is not over")
    var last = 0
    for event in events {
        switch event {
        case .row(let row):
            hold(row.number > last, "rows are out of order")
            hold((1...limits.columns).contains(row.fields.count), "a row has more columns than may be")
            hold(row.fields.allSatisfy { $0.utf8.count <= limits.fieldBytes }, "a field is too long")
            last = row.number
        case .fault(let fault):
            hold(fault.number > last && !fault.message.isEmpty, "a fault has no place")
            last = fault.number
        }
    }
    return events
}
