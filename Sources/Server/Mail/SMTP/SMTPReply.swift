/// What a relay answers: three digits and lines of text (RFC 5321 §4.2).
struct SMTPReply: Hashable, Sendable {
    let code: Int
    let lines: [String]

    /// Whether what was asked for is done (2xx), or goes on (3xx).
    var isPositive: Bool { code < 400 }
    /// Whether asking again later may help (4xx).
    var isPassing: Bool { (400..<500).contains(code) }
}

/// Puts replies together from bytes as they come.
///
/// Bounds: 2,000 bytes a line (§4.5.3.1.5 asks for 512), 100 lines a reply; beyond, and for what is no reply, an error.
struct SMTPReplyParser: Sendable {
    /// What cannot be a reply.
    struct Malformed: Error, Equatable {}

    private static let longestLine = 2000
    private static let mostLines = 100

    private var line: [UInt8] = []
    private var code = 0
    private var lines: [String] = []

    /// Whether nothing of a reply has been read.
    var isEmpty: Bool { line.isEmpty && lines.isEmpty }

    /// Reads bytes; gives the replies that they complete.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(Malformed) -> [SMTPReply] {
        var replies: [SMTPReply] = []
        for byte in bytes {
            guard byte == 0x0A else {
                guard line.count < Self.longestLine else { throw Malformed() }
                line.append(byte)
                continue
            }
            if line.last == 0x0D { line.removeLast() }
            if let reply = try take() { replies.append(reply) }
        }
        return replies
    }

    private mutating func take() throws(Malformed) -> SMTPReply? {
        defer { line = [] }
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let code = Int(String(decoding: digits, as: UTF8.self)), (200..<600).contains(code),
            lines.isEmpty || code == self.code, lines.count < Self.mostLines
        else { throw Malformed() }
        let mark = line.count > 3 ? line[3] : 0x20
        guard mark == 0x20 || mark == UInt8(ascii: "-") else { throw Malformed() }
        self.code = code
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        guard mark == 0x20 else { return nil }
        defer { lines = [] }
        return SMTPReply(code: code, lines: lines)
    }
}
