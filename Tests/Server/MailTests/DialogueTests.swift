import Testing

@testable import Mail

/// The client's side without a socket.
struct `What is said to a relay` {
    private func settings(
        _ security: SMTPSettings.Security, password: String? = "s3cret"
    ) throws -> SMTPSettings {
        SMTPSettings(
            host: "mail.example", port: 587, security: security,
            credentials: password.map { ("cohort", $0) },
            from: try #require(MailAddress("cohort@school.example")), clientName: "node.example")
    }

    private func dialogue(_ settings: SMTPSettings, _ letter: String = "Hi\r\n") throws -> SMTPDialogue {
        SMTPDialogue(
            settings, to: try #require(MailAddress("ada@school.example")), letter: Array(letter.utf8))
    }

    private func reply(_ code: Int, _ lines: String...) -> SMTPReply { SMTPReply(code: code, lines: lines) }
    private func line(_ text: String) -> SMTPDialogue.Step { .send(Array("\(text)\r\n".utf8)) }

    @Test func `begins anew after STARTTLS, with the password, and ends with the letter`() throws {
        var dialogue = try dialogue(try settings(.startTLS))
        #expect(dialogue.heard(reply(220, "hello")) == line("EHLO node.example"))
        // What is offered before TLS is not believed.
        #expect(dialogue.heard(reply(250, "mail", "AUTH PLAIN", "starttls")) == line("STARTTLS"))
        #expect(dialogue.heard(reply(220, "go")) == .secure)
        #expect(dialogue.didSecure() == line("EHLO node.example"))
        #expect(
            dialogue.heard(reply(250, "mail", "AUTH LOGIN PLAIN")) == line("AUTH PLAIN AGNvaG9ydABzM2NyZXQ="))
        #expect(dialogue.heard(reply(235, "ok")) == line("MAIL FROM:<cohort@school.example>"))
        #expect(dialogue.heard(reply(250, "ok")) == line("RCPT TO:<ada@school.example>"))
        #expect(dialogue.heard(reply(250, "ok")) == line("DATA"))
        #expect(dialogue.heard(reply(354, "go")) == .send(Array("Hi\r\n.\r\n".utf8)))
        #expect(dialogue.heard(reply(250, "taken")) == .delivered(Array("QUIT\r\n".utf8)))
    }

    @Test func `gives user and password one by one where the relay has LOGIN alone`() throws {
        var dialogue = try dialogue(try settings(.tls))
        _ = dialogue.heard(reply(220, "hello"))
        #expect(dialogue.heard(reply(250, "mail", "AUTH LOGIN")) == line("AUTH LOGIN"))
        #expect(dialogue.heard(reply(334, "VXNlcm5hbWU6")) == line("Y29ob3J0"))
        #expect(dialogue.heard(reply(334, "UGFzc3dvcmQ6")) == line("czNjcmV0"))
        #expect(dialogue.heard(reply(235, "ok")) == line("MAIL FROM:<cohort@school.example>"))
    }

    @Test func `sends no password in clear, and nothing without the TLS that is asked for`() throws {
        var plain = try dialogue(try settings(.none))
        _ = plain.heard(reply(220, "hello"))
        #expect(
            plain.heard(reply(250, "mail", "AUTH PLAIN")) == .fail(.final("no password is sent in clear")))
        var stripped = try dialogue(try settings(.startTLS, password: nil))
        _ = stripped.heard(reply(220, "hello"))
        #expect(stripped.heard(reply(250, "mail")) == .fail(.final("the relay offers no STARTTLS")))
        var other = try dialogue(try settings(.tls))
        _ = other.heard(reply(220, "hello"))
        #expect(
            other.heard(reply(250, "mail", "AUTH CRAM-MD5")) == .fail(.final("the relay takes no password")))
    }

    @Test func `tells what passes from what stays`() throws {
        for (code, failure) in [
            (421, MailFailure.passing("the relay said 421")), (554, .final("the relay said 554")),
        ] {
            var dialogue = try dialogue(try settings(.none, password: nil))
            #expect(dialogue.heard(reply(code, "no")) == .fail(failure))
        }
        var odd = try dialogue(try settings(.none, password: nil))
        #expect(odd.heard(reply(250, "?")) == .fail(.passing("the relay said 250 where that means nothing")))
    }

    @Test func `has no line that ends the letter early`() {
        func stuffed(_ text: String) -> String {
            String(decoding: SMTPDialogue.stuffed(Array(text.utf8)), as: UTF8.self)
        }
        #expect(stuffed(".\r\na.\r\n..\r\n") == "..\r\na.\r\n...\r\n")
        #expect(stuffed("no end") == "no end\r\n")
        #expect(stuffed("") == "")
    }
}

struct `A relay's reply` {
    private func read(_ text: String, inPieces: Bool = false) throws -> [SMTPReply] {
        var parser = SMTPReplyParser()
        guard inPieces else { return try parser.read(text.utf8) }
        var replies: [SMTPReply] = []
        for byte in text.utf8 { replies += try parser.read([byte]) }
        return replies
    }

    @Test(arguments: [false, true])
    func `has one line or several, in whatever pieces`(inPieces: Bool) throws {
        let replies = try read(
            "220 mail ready\r\n250-mail\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n354\r\n", inPieces: inPieces)
        #expect(
            replies == [
                SMTPReply(code: 220, lines: ["mail ready"]),
                SMTPReply(code: 250, lines: ["mail", "AUTH PLAIN", "8BITMIME"]),
                SMTPReply(code: 354, lines: [""]),
            ])
    }

    @Test(arguments: [
        "hello\r\n", "22\r\n", "220_x\r\n", "250-a\r\n251 b\r\n", "199 x\r\n", "600 x\r\n", "+20 x\r\n",
        "\r\n",
        "220 " + String(repeating: "x", count: 2000) + "\r\n", String(repeating: "250-x\r\n", count: 101),
    ])
    func `is refused when it is none`(text: String) {
        #expect(throws: SMTPReplyParser.Malformed.self) { try read(text) }
    }
}

struct `Letters that wait` {
    private func message(_ usefulFor: Duration = .seconds(1800)) throws -> MailMessage {
        let to = try #require(MailAddress("a@b.example"))
        return try #require(MailMessage(to: to, subject: "x", text: "x", usefulFor: usefulFor))
    }

    private func delivered(_ step: MailQueue.Step) -> Int? {
        if case .deliver(let entry) = step { entry.number } else { nil }
    }

    @Test func `go one after the other`() throws {
        let now = ContinuousClock.now
        var queue = MailQueue()
        #expect(queue.add(try message(), at: now))
        #expect(queue.add(try message(), at: now))
        #expect(delivered(queue.step(at: now)) == 1)
        #expect(delivered(queue.step(at: now)) == nil)
        queue.delivered()
        #expect(delivered(queue.step(at: now)) == 2)
        queue.delivered()
        #expect(queue.count == 0)
    }

    @Test func `are tried again after longer and longer pauses, and let others pass`() throws {
        var now = ContinuousClock.now
        var queue = MailQueue()
        _ = queue.add(try message(), at: now)
        for pause in [5, 30, 120, 600, 600] {
            #expect(delivered(queue.step(at: now)) == 1)
            #expect(queue.failed(.passing("busy"), at: now) == .seconds(pause))
            if case .wait(let time) = queue.step(at: now) { #expect(time == now + .seconds(pause)) }
            now += .seconds(pause)
        }
        #expect(delivered(queue.step(at: now)) == 1)
        _ = queue.add(try message(), at: now)
        // Another try would come after half an hour, when it is worth nothing.
        #expect(queue.failed(.passing("busy"), at: now) == nil)
        #expect(delivered(queue.step(at: now)) == 2)
    }

    @Test func `are given up when the relay will not have them`() throws {
        var queue = MailQueue()
        _ = queue.add(try message(), at: .now)
        _ = queue.step(at: .now)
        #expect(queue.failed(.final("no"), at: .now) == nil)
        #expect(queue.count == 0)
    }

    @Test func `have a bound`() throws {
        var queue = MailQueue()
        for _ in 0..<MailQueue.bound { #expect(queue.add(try message(), at: .now)) }
        #expect(!queue.add(try message(), at: .now))
    }
}
