/// Reads comma-separated values piece by piece (RFC 4180).
///
/// What comes out does not depend on how the bytes were cut. A fault concerns its row alone; only a quoted field without an
/// end takes the rest of the file with it, since nobody can tell where its row would have ended.
package struct CSVReader: Sendable {
    /// What was read.
    package enum Event: Hashable, Sendable {
        case row(CSVRow)
        case fault(CSVFault)
    }

    private enum State: Sendable {
        /// Nothing of the field has come.
        case fieldStart
        case bare
        case quoted
        /// Behind a quote within a quoted field: the first of two, or the last.
        case quote
        /// The rest of the file means nothing.
        case over
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let quote: UInt8 = 0x22
    private static let comma: UInt8 = 0x2C

    private let limits: CSVLimits
    private var state = State.fieldStart
    /// Bytes of the byte order mark that have come; beyond its length there is none any more.
    private var markSeen = 0
    private var afterReturn = false
    /// The row in the making: all fields' bytes, and where each ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var number = 1
    private var rowLength = 0
    private var problem: CSVFault.Problem?

    /// Begins a file.
    package init(limits: CSVLimits = CSVLimits()) { self.limits = limits }

    /// Whether the rest of the file means nothing.
    package var isOver: Bool { state == .over }

    /// Takes a piece of the file and returns what it completes.
    package mutating func read(_ piece: ArraySlice<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in piece {
            guard state != .over else { return events }
            guard !skipsMark(byte, &events) else { continue }
            take(byte, &events)
        }
        return events
    }

    /// The file is over: the last row need not end with a line end.
    package mutating func finish() -> [Event] {
        var events: [Event] = []
        if (1..<CSVReader.mark.count).contains(markSeen) { giveMark(&events) }
        switch state {
        case .over: break
        case .quoted:
            events.append(.fault(CSVFault(number: number, problem: problem ?? .unclosedQuote)))
        default: if rowLength > 0 { endRow(&events) }
        }
        state = .over
        return events
    }

    // MARK: Bytes

    /// Leaves out a byte order mark at the very beginning.
    private mutating func skipsMark(_ byte: UInt8, _ events: inout [Event]) -> Bool {
        guard markSeen < CSVReader.mark.count else { return false }
        if byte == CSVReader.mark[markSeen] {
            markSeen += 1
            return true
        }
        giveMark(&events)
        return false
    }

    /// What looked like a mark was none: its bytes are the file's.
    private mutating func giveMark(_ events: inout [Event]) {
        let seen = markSeen
        markSeen = CSVReader.mark.count
        for byte in CSVReader.mark.prefix(seen) { take(byte, &events) }
    }

    private mutating func take(_ byte: UInt8, _ events: inout [Event]) {
        if afterReturn {
            afterReturn = false
            if byte == CSVReader.lineFeed { return }
        }
        if state == .quoted {
            count(&events)
            guard state != .over else { return }
            if byte == CSVReader.quote { state = .quote } else { append(byte) }
            return
        }
        switch byte {
        case CSVReader.lineFeed: endRow(&events)
        case CSVReader.carriageReturn:
            endRow(&events)
            afterReturn = true
        case CSVReader.comma:
            count(&events)
            endField()
        case CSVReader.quote:
            count(&events)
            takeQuote()
        default:
            count(&events)
            if state == .quote { fail(.strayQuote) }
            state = .bare
            append(byte)
        }
    }

    private mutating func takeQuote() {
        switch state {
        case .fieldStart: state = .quoted
        case .quote:
            append(CSVReader.quote)
            state = .quoted
        default: fail(.strayQuote)
        }
    }

    private mutating func append(_ byte: UInt8) {
        guard problem == nil else { return }
        if byte == 0 { return fail(.nul) }
        guard bytes.count - (ends.last ?? 0) < limits.fieldBytes else {
            return fail(.fieldTooLong(limit: limits.fieldBytes))
        }
        bytes.append(byte)
    }

    private mutating func count(_ events: inout [Event]) {
        rowLength += 1
        guard rowLength > limits.rowBytes else { return }
        fail(.rowTooLong(limit: limits.rowBytes))
        guard state == .quoted, let problem else { return }
        events.append(.fault(CSVFault(number: number, problem: problem)))
        state = .over
    }

    private mutating func fail(_ found: CSVFault.Problem) {
        if problem == nil { problem = found }
        bytes = []
        ends = []
    }

    // MARK: Fields and rows

    private mutating func endField() {
        state = .fieldStart
        guard problem == nil else { return }
        guard ends.count < limits.columns else { return fail(.tooManyColumns(limit: limits.columns)) }
        ends.append(bytes.count)
    }

    private mutating func endRow(_ events: inout [Event]) {
        let isEmpty = rowLength == 0
        endField()
        if let problem {
            events.append(.fault(CSVFault(number: number, problem: problem)))
        } else if !isEmpty {
            events.append(row())
        }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        problem = nil
        rowLength = 0
        number += 1
    }

    private func row() -> Event {
        var fields: [String] = []
        fields.reserveCapacity(ends.count)
        var start = 0
        for end in ends {
            guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
                return .fault(CSVFault(number: number, problem: .notUTF8))
            }
            fields.append(text)
            start = end
        }
        return .row(CSVRow(number: number, fields: fields))
    }
}
