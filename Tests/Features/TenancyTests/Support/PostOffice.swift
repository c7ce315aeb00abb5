import EventLoop
import Foundation
import JSON
import Mail
import Sockets
import Telemetry
import TestKit
import Testing

@testable import Tenancy

/// A real relay that takes the letters of a school, and keeps them.
struct PostOffice {
    private let relay: PythonTool
    let mailer: Mailer
    let letters: PasswordLetters

    static func open() async throws -> PostOffice {
        let relay = try await PythonTool.start("smtp_relay.py")
        let port = UInt16(try #require(relay.ready["port"]?.int))
        let settings = SMTPSettings(
            host: "localhost", port: port, security: .none, credentials: nil,
            from: try #require(MailAddress("cohort@school.example")))
        let mailer = Mailer(
            settings, tls: try .client(), loop: try EventLoop(index: 0, label: "test-post"),
            logger: Log.silent)
        return PostOffice(
            relay: relay, mailer: mailer,
            letters: PasswordLetters(mailer: mailer, address: "https://cohort.example/"))
    }

    /// A letter's recipients and text, once it is there.
    func letter(_ number: Int) async throws -> (to: String, text: String) {
        let path = "\(relay.folder)/letter-\(number).json"
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        while !FileManager.default.fileExists(atPath: path), clock.now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        let letter = try JSONReader.read(Array(try #require(FileManager.default.contents(atPath: path))))
        let data = try #require(letter["data"]?.string)
        return (try #require(letter["to"]?.array?.first?.string), data.replacing("=\r\n", with: ""))
    }

    /// The token of the link in a letter.
    func token(_ number: Int) async throws -> String {
        let text = try await letter(number).text
        let start = try #require(text.firstRange(of: "https://cohort.example/password/"))
        return String(text[start.upperBound...].prefix { $0 != "\r\n" && $0 != "\r" && $0 != "\n" })
    }

    /// How many letters came.
    var count: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: relay.folder))?
            .count { $0.hasPrefix("letter-") } ?? 0
    }
}
