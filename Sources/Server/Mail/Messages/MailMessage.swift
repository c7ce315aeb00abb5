/// A letter in plain text to one person.
package struct MailMessage: Hashable, Sendable {
    /// Characters of a subject at most.
    package static let longestSubject = 200
    /// Bytes of a text at most.
    package static let longestText = 64 << 10

    /// Whom it is for.
    package let to: MailAddress
    /// What it is about, in one line.
    package let subject: String
    /// What it says; lines end with a line feed.
    package let text: String
    /// How long it is worth sending.
    package let usefulFor: Duration

    /// Makes a letter; `nil` for a subject of more than one line or a text that is too long.
    package init?(to: MailAddress, subject: String, text: String, usefulFor: Duration) {
        guard (1...Self.longestSubject).contains(subject.unicodeScalars.count),
            subject.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }),
            text.utf8.count <= Self.longestText
        else { return nil }
        self.to = to
        self.subject = subject
        self.text = text
        self.usefulFor = usefulFor
    }

    /// The letter as it travels (RFC 5322, RFC 2045), with CR LF at the end of each line.
    ///
    /// - Parameters:
    ///   - from: Who sends it.
    ///   - id: What tells it from all others, without brackets: letters, digits and dots.
    ///   - seconds: When it was written, in seconds since 1970.
    /// - Returns: Headers and body.
    package func encoded(from: MailAddress, id: String, at seconds: Int64) -> [UInt8] {
        let domain = from.description.split(separator: "@").last ?? "localhost"
        let lines = [
            "From: Cohort <\(from)>", "To: <\(to)>", "Subject: \(EncodedWord.encode(subject))",
            "Date: \(MailDate.text(seconds: seconds))", "Message-ID: <\(id)@\(domain)>",
            // Nobody's holiday notice is to answer it (RFC 3834).
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8) + QuotedPrintable.encode(text)
    }
}
