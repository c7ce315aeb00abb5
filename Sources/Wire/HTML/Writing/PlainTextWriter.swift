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
        var end = bytes.count
        if isFull {
            end = limit
            while end > 0, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            if end == bytes.count { end = wholeCharacters() }
        }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// Where the last whole character ends.
    private func wholeCharacters() -> Int {
        var start = bytes.count - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        let length = [0xF0, 0xE0, 0xC0].firstIndex { bytes[start] >= $0 }.map { 4 - $0 } ?? 1
        return start + length == bytes.count ? bytes.count : start
    }
}
