/// Writes what a reader sees of a tree as plain text: blocks on lines of their own, spaces as they are shown.
struct PlainTextWriter: HTMLSink {
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    private var isSpaceDue = false
    private var isLineDue = false

    /// Writes no more than `limit` bytes, cut between characters.
    init(limit: Int) { self.limit = limit }

    var isFull: Bool { bytes.count >= limit }

    mutating func open(_ element: HTMLElement, _ attributes: [HTMLAttribute]) {
        switch element {
        case .br, .hr: isLineDue = true
        case .td, .th: isSpaceDue = true
        case .img:
            if let alt = attributes.first(where: { $0.name == "alt" }) { text(Array(alt.value.utf8)) }
        default: if element.isBlock { isLineDue = true }
        }
    }

    mutating func close(_ element: HTMLElement) {
        if element.isBlock { isLineDue = true }
        if element == .td || element == .th { isSpaceDue = true }
    }

    mutating func text(_ text: [UInt8]) {
        for byte in text where !isFull {
            guard !ASCII.isSpace(byte) else {
                isSpaceDue = true
                continue
            }
            if !bytes.isEmpty {
                if isLineDue { bytes.append(ASCII.lineFeed) } else if isSpaceDue { bytes.append(ASCII.space) }
            }
            isLineDue = false
            isSpaceDue = false
            bytes.append(byte)
        }
    }

    /// The text, with no half of a character at its end.
    func result() -> String {
        let kept = bytes.prefix(limit)
        return String(decoding: kept.dropLast(PlainTextWriter.brokenTail(kept)), as: UTF8.self)
    }

    /// Bytes at the end that begin a character and do not end it.
    private static func brokenTail(_ bytes: ArraySlice<UInt8>) -> Int {
        var tail = 0
        for byte in bytes.reversed() {
            tail += 1
            if byte & 0xC0 == 0x80, tail < 4 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return tail < length ? tail : 0
        }
        return 0
    }
}
