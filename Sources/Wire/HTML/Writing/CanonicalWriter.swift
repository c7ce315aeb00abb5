/// Writes a tree in the one form that everything we send has: every attribute in double quotes, everything escaped that
/// could be markup to anybody, every element closed.
struct CanonicalWriter: HTMLSink {
    private(set) var bytes: [UInt8] = []
    private(set) var elements = 0
    /// Browsers drop a line feed right behind `<pre>` when they read and do not add it when they write (HTML §13.3): so
    /// none is written there.
    private var isBehindPre = false

    mutating func open(_ element: HTMLElement, _ attributes: [HTMLAttribute]) {
        elements += 1
        bytes.append(ASCII.less)
        bytes.append(contentsOf: element.rawValue.utf8)
        for attribute in attributes {
            bytes.append(ASCII.space)
            bytes.append(contentsOf: attribute.name.utf8)
            bytes.append(ASCII.equals)
            bytes.append(ASCII.quote)
            for byte in attribute.value.utf8 { append(byte) }
            bytes.append(ASCII.quote)
        }
        bytes.append(ASCII.greater)
        isBehindPre = element == .pre
    }

    mutating func close(_ element: HTMLElement) {
        bytes.append(contentsOf: "</\(element.rawValue)>".utf8)
        isBehindPre = false
    }

    mutating func text(_ text: [UInt8]) {
        for byte in text {
            if isBehindPre, byte == ASCII.lineFeed { continue }
            isBehindPre = false
            append(byte)
        }
    }

    private mutating func append(_ byte: UInt8) {
        switch byte {
        case ASCII.ampersand: bytes.append(contentsOf: "&amp;".utf8)
        case ASCII.less: bytes.append(contentsOf: "&lt;".utf8)
        case ASCII.greater: bytes.append(contentsOf: "&gt;".utf8)
        case ASCII.quote: bytes.append(contentsOf: "&quot;".utf8)
        case ASCII.apostrophe: bytes.append(contentsOf: "&#39;".utf8)
        // Old browsers took it for a quote when a script read the markup back.
        case ASCII.backtick: bytes.append(contentsOf: "&#96;".utf8)
        default: bytes.append(byte)
        }
    }
}
