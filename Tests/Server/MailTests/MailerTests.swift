import EventLoop
import Foundation
import JSON
import Sockets
import Telemetry
import TestKit
import Testing

@testable import Mail

/// Letters that go to a real relay on this machine.
struct `A mailer` {
    /// The relay, and a mailer that knows it.
    private struct Post {
        let relay: PythonTool
        let mailer: Mailer
        let certificates: TestCertificates

        /// The letters so far, once there are as many.
        func letters(_ count: Int) async throws -> [JSONValue] {
            let last = "\(relay.folder)/letter-\(count).json"
            let clock = ContinuousClock()
            let end = clock.now + .seconds(60)
            while !FileManager.default.fileExists(atPath: last), clock.now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
            return try (1...count).map { number in
                let bytes = FileManager.default.contents(atPath: "\(relay.folder)/letter-\(number).json")
                return try JSONReader.read(Array(try #require(bytes)))
            }
        }

        func isEmpty() async throws {
            let clock = ContinuousClock()
            let end = clock.now + .seconds(60)
            while mailer.waiting > 0, clock.now < end { try await Task.sleep(for: .milliseconds(10)) }
            #expect(mailer.waiting == 0)
        }
    }

    private func open(
        _ security: SMTPSettings.Security, password: String? = nil, trusted: Bool = true,
        relayArguments: [String] = [],
        givenPassword: String? = nil
    ) async throws -> Post {
        let certificates = try TestCertificates()
        var arguments = relayArguments
        if security != .none {
            let identity = try certificates.issue()
            arguments += ["--certificate", identity.certificateFile, "--key", identity.keyFile]
            if security == .tls { arguments.append("--implicit") }
        }
        if let password { arguments += ["--password", password] }
        let relay = try await PythonTool.start("smtp_relay.py", arguments)
        let port = try #require(relay.ready["port"]?.int)
        let loop = try EventLoop(index: 0, label: "test-mail")
        let settings = SMTPSettings(
            host: "localhost", port: UInt16(port), security: security,
            credentials: (givenPassword ?? password).map { ("cohort", $0) },
            from: try #require(MailAddress("cohort@school.example")))
        let strangers = try TestCertificates()
        let trust = trusted ? certificates.authorityFile : strangers.authorityFile
        let mailer = Mailer(
            settings, tls: try .client(trusting: .file(trust)), loop: loop, logger: Log.silent,
            limit: .seconds(20))
        return Post(relay: relay, mailer: mailer, certificates: certificates)
    }

    private func message(
        to: String = "ada@school.example", _ text: String = "Hello", usefulFor: Duration = .seconds(60)
    ) throws -> MailMessage {
        let address = try #require(MailAddress(to))
        return try #require(MailMessage(to: address, subject: "Grüße", text: text, usefulFor: usefulFor))
    }

    @Test(arguments: [SMTPSettings.Security.startTLS, .tls])
    func `hands letters over under TLS, as a user`(security: SMTPSettings.Security) async throws {
        let post = try await open(security, password: "s3cret")
        #expect(post.mailer.send(try message("Hello Ada,\n.\n..dots\nend é")))
        #expect(post.mailer.send(try message(to: "bea@school.example")))
        let letters = try await post.letters(2)
        #expect(letters[0]["from"]?.string == "cohort@school.example")
        #expect(letters[0]["to"] == ["ada@school.example"])
        #expect(letters[0]["tls"]?.bool == true)
        #expect(letters[0]["user"]?.string == "cohort")
        let data = try #require(letters[0]["data"]?.string)
        #expect(data.contains("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"))
        #expect(data.hasSuffix("\r\n\r\nHello Ada,\r\n.\r\n..dots\r\nend =C3=A9\r\n"))
        #expect(letters[1]["to"] == ["bea@school.example"])
        try await post.isEmpty()
    }

    @Test func `needs neither TLS nor a password for a relay on the same machine`() async throws {
        let post = try await open(.none)
        #expect(post.mailer.send(try message()))
        let letter = try await post.letters(1)[0]
        #expect(letter["tls"]?.bool == false)
        #expect(letter["user"]?.isNull == true)
    }

    @Test func `sends a letter that was put off once more`() async throws {
        let post = try await open(.none, relayArguments: ["--busy", "1"])
        #expect(post.mailer.send(try message()))
        #expect(try await post.letters(1).count == 1)
        try await post.isEmpty()
    }

    @Test func `gives up a letter that the relay refuses, and goes on with the next`() async throws {
        let post = try await open(.none)
        #expect(post.mailer.send(try message(to: "refused@school.example")))
        #expect(post.mailer.send(try message()))
        #expect(try await post.letters(1)[0]["to"] == ["ada@school.example"])
        try await post.isEmpty()
    }

    @Test func `sends nothing with a wrong password`() async throws {
        let post = try await open(.startTLS, password: "s3cret", givenPassword: "wrong")
        #expect(post.mailer.send(try message()))
        try await post.isEmpty()
        #expect(!FileManager.default.fileExists(atPath: post.relay.folder + "/letter-1.json"))
    }

    @Test func `sends nothing to a relay that cannot prove who it is`() async throws {
        for security in [SMTPSettings.Security.startTLS, .tls] {
            let post = try await open(security, trusted: false)
            #expect(post.mailer.send(try message(usefulFor: .seconds(1))))
            try await post.isEmpty()
            #expect(!FileManager.default.fileExists(atPath: post.relay.folder + "/letter-1.json"))
        }
    }

    /// What a relay says literally, and that nothing is sent to it.
    private func heard(_ answer: @escaping @Sendable (String) -> ScriptedServer.Answer) async throws -> Bool {
        let server = try await ScriptedServer.start(answer: answer)
        let settings = SMTPSettings(
            host: "localhost", port: server.address.port, security: .startTLS, credentials: nil,
            from: try #require(MailAddress("cohort@school.example")))
        let loop = try EventLoop(index: 0, label: "test-mail")
        let mailer = Mailer(
            settings, tls: try .client(), loop: loop, logger: Log.silent, limit: .milliseconds(300))
        #expect(mailer.send(try message(usefulFor: .seconds(1))))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        while mailer.waiting > 0, clock.now < end { try await Task.sleep(for: .milliseconds(10)) }
        server.stop()
        return mailer.waiting == 0
    }

    @Test func `does not wait for ever for a relay that says nothing`() async throws {
        #expect(try await heard { _ in .silence })
    }

    @Test func `gives up where nobody listens`() async throws {
        let listening = try await ScriptedServer.start { _ in .silence }
        let port = listening.address.port
        listening.stop()
        let settings = SMTPSettings(
            host: "localhost", port: port, security: .none, credentials: nil,
            from: try #require(MailAddress("cohort@school.example")))
        let loop = try EventLoop(index: 0, label: "test-mail")
        let mailer = Mailer(settings, tls: try .client(), loop: loop, logger: Log.silent, limit: .seconds(5))
        #expect(mailer.send(try message(usefulFor: .seconds(1))))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        while mailer.waiting > 0, clock.now < end { try await Task.sleep(for: .milliseconds(10)) }
        #expect(mailer.waiting == 0)
    }
}
