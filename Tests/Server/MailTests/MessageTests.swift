import Testing

@testable import Mail

struct `A mail address` {
    @Test(arguments: ["ada@school.example", "a.b+c_d@x-1.example", "o'brien@school.example", "a@b"])
    func `is a dot-atom at a domain`(text: String) { #expect(MailAddress(text)?.description == text) }

    @Test(arguments: [
        "", "ada", "@school.example", "ada@", "a@b@c", "a b@c.example", "a@b c",
        "ada@school.example\r\nBcc: x@y.example",
        "ada\n@x.example", "\"a b\"@x.example", "a..b@x.example", ".a@x.example", "a@.example",
        "a@x..example",
        "a@-x.example", "a@x-.example", "a@[127.0.0.1]", "ä@x.example", "a@ä.example", "<a@x.example>",
        "a,b@x.example",
        "a@x.example>", String(repeating: "a", count: 65) + "@x.example",
        "a@" + String(repeating: "a", count: 64) + ".example",
        "a@" + String(repeating: "abc.", count: 64) + "example",
    ])
    func `is nothing else`(text: String) { #expect(MailAddress(text) == nil) }
}

struct `A letter` {
    private func letter(_ subject: String, _ text: String) throws -> [String] {
        let to = try #require(MailAddress("ada@school.example"))
        let from = try #require(MailAddress("cohort@school.example"))
        let message = try #require(MailMessage(to: to, subject: subject, text: text, usefulFor: .seconds(60)))
        return String(decoding: message.encoded(from: from, id: "x.1", at: 1_795_342_331), as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `has a header and a body`() throws {
        let lines = try letter("New password", "Hello,\n\n=> café ")
        #expect(
            lines == [
                "From: Cohort <cohort@school.example>", "To: <ada@school.example>", "Subject: New password",
                "Date: Sun, 22 Nov 2026 10:12:11 +0000", "Message-ID: <x.1@school.example>",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable", "", "Hello,", "", "=3D> caf=C3=A9=20", "",
            ])
    }

    @Test func `has no line of more than 76 characters`() throws {
        let text = String(repeating: "x", count: 300) + "\n" + String(repeating: "é", count: 200)
        let lines = try letter("é" + String(repeating: "long ", count: 39), text)
        for line in lines { #expect(line.utf8.count <= 76 || line.hasPrefix("Subject: "), "\(line)") }
        #expect(lines.first { $0.hasPrefix("Subject: ") }.map { $0.utf8.count <= 78 + 9 } == true)
    }

    @Test func `encodes a subject that is not ASCII, word by word`() {
        #expect(EncodedWord.encode("New password") == "New password")
        #expect(EncodedWord.encode("Grüße") == "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=")
        // What looks like an encoded word is none.
        #expect(EncodedWord.encode("=?x?=") == "=?utf-8?Q?=3D=3Fx=3F=3D?=")
        for word in EncodedWord.encode(String(repeating: "ü ", count: 60)).split(separator: "\r\n ") {
            #expect(word.utf8.count <= 75)
        }
    }

    @Test(arguments: [
        "", "two\nlines", "cr\r\nBcc: x@y.example", "bell\u{7}", String(repeating: "x", count: 201),
    ])
    func `takes no subject that could be another header`(subject: String) throws {
        let to = try #require(MailAddress("ada@school.example"))
        #expect(MailMessage(to: to, subject: subject, text: "x", usefulFor: .seconds(1)) == nil)
    }

    @Test func `takes no text beyond its bound`() throws {
        let to = try #require(MailAddress("ada@school.example"))
        let text = String(repeating: "x", count: MailMessage.longestText + 1)
        #expect(MailMessage(to: to, subject: "x", text: text, usefulFor: .seconds(1)) == nil)
    }

    @Test(
        arguments: [
            (0, "Thu, 1 Jan 1970 00:00:00 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 +0000"),
            (4_107_542_400, "Mon, 1 Mar 2100 00:00:00 +0000"),
        ] as [(Int64, String)])
    func `is dated`(seconds: Int64, text: String) { #expect(MailDate.text(seconds: seconds) == text) }
}
