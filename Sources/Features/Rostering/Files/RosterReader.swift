import CSV

/// Reads one file from its header on, in batches.
///
/// A value: a lane takes it and gives the changed one back.
struct RosterReader: Sendable {
    /// Bytes that are looked at before it is seen whether a batch is full.
    private static let step = 1 << 16

    let kind: RosterKind
    private let bytes: [UInt8]
    private let columns: [RosterColumn?]
    private let width: Int
    private var reader = CSVReader()
    private var position = 0
    private var ahead: [CSVReader.Event] = []
    private var aheadFrom = 0
    private var isFinished = false

    /// Whether anything of the file is left.
    var isOver: Bool { isFinished && aheadFrom == ahead.count }
    /// Bytes that were looked at.
    var consumed: Int { position }
    /// Bytes of the file.
    var length: Int { bytes.count }

    /// Reads the header.
    ///
    /// - Throws: A refusal of the whole file: it has no header, or one of no kind that is known.
    init(_ bytes: [UInt8]) throws(RowRefusal) {
        self.bytes = bytes
        var first: CSVReader.Event?
        while first == nil, position < bytes.count {
            let end = min(position + RosterReader.step, bytes.count)
            ahead = reader.read(bytes[position..<end])
            position = end
            if ahead.isEmpty, position == bytes.count {
                ahead = reader.finish()
                isFinished = true
            }
            first = ahead.first
        }
        switch first {
        case nil: throw RowRefusal("the file is empty")
        case .fault(let fault): throw RowRefusal(fault.message)
        case .row(let header):
            let names = header.fields.map { RosterReader.trimmed($0).lowercased() }
            columns = names.map(RosterColumn.init(rawValue:))
            width = names.count
            let known = columns.compactMap(\.self)
            guard known.count == Set(known).count else { throw RowRefusal("the header has a column twice") }
            guard let kind = RosterKind.of(Set(known)) else {
                throw RowRefusal("the header is that of no file that is known")
            }
            self.kind = kind
            aheadFrom = 1
        }
    }

    /// The next rows, and what is wrong with others; both empty at the end.
    mutating func next(atMost count: Int) -> (rows: [RosterRow], messages: [RosterMessage], last: Int) {
        var rows: [RosterRow] = []
        var messages: [RosterMessage] = []
        var last = 0
        while rows.count + messages.count < count {
            if aheadFrom == ahead.count {
                guard !isFinished else { break }
                readOn()
                continue
            }
            switch ahead[aheadFrom] {
            case .fault(let fault):
                messages.append(.error(fault.number, fault.message))
                last = fault.number
            case .row(let row):
                last = row.number
                if row.fields.count == width {
                    rows.append(RosterRow(number: row.number, cells: cells(row)))
                } else if !row.fields.allSatisfy(\.isEmpty) {
                    messages.append(.error(row.number, "the row has not as many cells as the header"))
                }
            }
            aheadFrom += 1
        }
        return (rows, messages, last)
    }

    private mutating func readOn() {
        aheadFrom = 0
        guard position < bytes.count, !reader.isOver else {
            ahead = reader.finish()
            isFinished = true
            position = bytes.count
            return
        }
        let end = min(position + RosterReader.step, bytes.count)
        ahead = reader.read(bytes[position..<end])
        position = end
    }

    private func cells(_ row: CSVRow) -> [RosterColumn: String] {
        var cells: [RosterColumn: String] = [:]
        for (column, field) in zip(columns, row.fields) {
            if let column { cells[column] = RosterReader.trimmed(field) }
        }
        return cells
    }

    /// Without blanks and tabs around it.
    private static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard bytes.first.map(isBlank) == true || bytes.last.map(isBlank) == true else { return text }
        let kept = Array(bytes.drop(while: isBlank))
        let end = (kept.lastIndex { !isBlank($0) } ?? -1) + 1
        return String(decoding: kept[..<end], as: UTF8.self)
    }
}
