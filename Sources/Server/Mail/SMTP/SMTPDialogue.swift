import COpenSSL

/// The client's side of handing one letter over (RFC 5321 §3.3, RFC 3207, RFC 4954), as a decision without a socket.
///
/// It hears replies and says what to do next. A password leaves over TLS only; without the TLS that is asked for nothing
/// leaves at all.
struct SMTPDialogue {
    /// What to do.
    enum Step: Equatable {
        /// Send these bytes.
        case send([UInt8])
        /// Begin TLS, then call ``didSecure()``.
        case secure
        /// The relay has the letter: say goodbye with these bytes and do not wait.
        case delivered([UInt8])
        /// Give up.
        case fail(MailFailure)
    }

    private enum State {
        case greeting, hello, startTLS, securing, password, login, loginPassword, from, to, data, text, over
    }

    private let settings: SMTPSettings
    private let to: MailAddress
    private let letter: [UInt8]
    private var state = State.greeting
    private var isSecure: Bool

    /// Begins before the relay's greeting.
    ///
    /// - Parameters:
    ///   - settings: The relay.
    ///   - to: Whom the letter is for.
    ///   - letter: The letter, with CR LF at the end of each line.
    init(_ settings: SMTPSettings, to: MailAddress, letter: [UInt8]) {
        self.settings = settings
        self.to = to
        self.letter = letter
        isSecure = settings.security == .tls
    }

    /// Hears a reply.
    mutating func heard(_ reply: SMTPReply) -> Step {
        guard reply.isPositive else {
            state = .over
            let text = "the relay said \(reply.code)"
            // 421 is said by a relay that shuts down (§3.8); a refused password is not refused for good by every relay.
            return .fail(reply.isPassing ? .passing(text) : .final(text))
        }
        switch (state, reply.code) {
        case (.greeting, 220): return hello()
        case (.hello, 250): return introduced(reply)
        case (.startTLS, 220):
            state = .securing
            return .secure
        case (.password, 235), (.loginPassword, 235): return begin()
        case (.login, 334):
            state = .loginPassword
            return say(Self.base64(settings.credentials?.user ?? ""))
        case (.loginPassword, 334): return say(Self.base64(settings.credentials?.password ?? ""))
        case (.from, 250):
            state = .to
            return say("RCPT TO:<\(to)>")
        case (.to, 250), (.to, 251):
            state = .data
            return say("DATA")
        case (.data, 354):
            state = .text
            return .send(Self.stuffed(letter) + Array(".\r\n".utf8))
        case (.text, 250):
            state = .over
            return .delivered(Array("QUIT\r\n".utf8))
        default:
            state = .over
            return .fail(.passing("the relay said \(reply.code) where that means nothing"))
        }
    }

    /// TLS is there: everything begins anew (RFC 3207 §4.2).
    mutating func didSecure() -> Step {
        isSecure = true
        return hello()
    }

    // MARK: Parts

    private mutating func hello() -> Step {
        state = .hello
        return say("EHLO \(settings.clientName)")
    }

    private mutating func introduced(_ reply: SMTPReply) -> Step {
        let offers = reply.lines.dropFirst().map { $0.uppercased() }
        if settings.security == .startTLS, !isSecure {
            guard offers.contains("STARTTLS") else {
                state = .over
                return .fail(.final("the relay offers no STARTTLS"))
            }
            state = .startTLS
            return say("STARTTLS")
        }
        guard let credentials = settings.credentials else { return begin() }
        let mechanisms = offers.filter { $0.hasPrefix("AUTH ") }.flatMap {
            $0.split(separator: " ").dropFirst()
        }
        guard isSecure, let mechanism = ["PLAIN", "LOGIN"].first(where: { mechanisms.contains($0[...]) })
        else {
            state = .over
            return .fail(.final(isSecure ? "the relay takes no password" : "no password is sent in clear"))
        }
        if mechanism == "PLAIN" {
            state = .password
            return say("AUTH PLAIN \(Self.base64("\u{0}\(credentials.user)\u{0}\(credentials.password)"))")
        }
        state = .login
        return say("AUTH LOGIN")
    }

    private mutating func begin() -> Step {
        state = .from
        return say("MAIL FROM:<\(settings.from)>")
    }

    private func say(_ line: String) -> Step { .send(Array("\(line)\r\n".utf8)) }

    /// A line that begins with a dot gets another one, so that none ends the letter (§4.5.2).
    static func stuffed(_ letter: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(letter.count + 16)
        var isAtStart = true
        for byte in letter {
            if isAtStart, byte == UInt8(ascii: ".") { out.append(byte) }
            out.append(byte)
            isAtStart = byte == 0x0A
        }
        if !isAtStart { out += [0x0D, 0x0A] }
        return out
    }

    /// Base 64 with padding (RFC 4648 §4).
    static func base64(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let length = EVP_EncodeBlock(&out, bytes, CInt(bytes.count))
        return String(decoding: out.prefix(Int(length)), as: UTF8.self)
    }
}
