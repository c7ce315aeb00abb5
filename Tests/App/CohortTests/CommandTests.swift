import Foundation
import Testing

@testable import Cohort

/// The program itself, as people type it.
struct `The command line` {
    /// The program lies beside the tests.
    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "cohort")

    private struct Outcome: Sendable {
        let status: Int32
        let output: String
        let complaint: String
    }

    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        try await offPool { try Self.wait(for: arguments, environment) }
    }

    private static func wait(for arguments: [String], _ environment: [String: String]) throws -> Outcome {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: a pipe's end may be inherited by a server that another test starts, and never close.
        let folder = URL(filePath: "/tmp/cohort-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, complaint) = (folder.appending(path: "output"), folder.appending(path: "complaint"))
        for file in [output, complaint] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: complaint)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            complaint: try String(contentsOf: complaint, encoding: .utf8))
    }

    @Test(arguments: [["version"], ["--version"]])
    func `tells its version`(arguments: [String]) async throws {
        let outcome = try await run(arguments)
        #expect(outcome.status == 0)
        #expect(outcome.output == "\(Version.text)\n")
    }

    @Test func `lists its commands and settings`() async throws {
        let help = try await run(["--help"]).output
        for command in ["demo", "serve", "migrate", "institution", "user", "token", "version"] {
            #expect(help.contains("  \(command) "), "\(command)")
        }
        let settings = try await run(["serve", "--help"]).output
        #expect(ConfigurationKeys.all.allSatisfy { settings.contains($0.flag) })
        let demo = try await run(["demo", "--help"]).output
        for option in ["--port", "--data-dir", "--config", "--test-endpoints", "--ready-file"] {
            #expect(demo.contains(option), "\(option)")
        }
    }

    @Test(arguments: [
        (["frobnicate"], "Unexpected argument 'frobnicate'"),
        (["serve"], "database.url is not set"),
        (["serve", "--lisen-port", "1"], "did you mean --listen-port?"),
        (
            ["serve", "--listen-port", "x"],
            "listen.port, set by the flag --listen-port, must be a whole number"
        ),
        (["serve", "--config", "/nowhere.yaml"], "the configuration file /nowhere.yaml cannot be read"),
        (["serve", "--database-url", "postgres://a@127.0.0.1/b"], "token.secret is not set"),
        (["migrate"], "database.owner-url is not set"),
        (["demo", "--port", "70000"], "--port must be from 0 to 65535, not 70000"),
        (["demo", "--listen-host", "0.0.0.0", "--data-dir", "/tmp/cohort-never"], "loopback addresses only"),
        (["user", "create", "--institution", "one"], "'one'"),
        (
            ["token", "create", "--institution", "1", "--login", "a", "--days", "0"],
            "--days must be from 1 to 3650"
        ),
        (["institution", "create", "--name", "X"], "database.url is not set"),
        (
            [
                "user", "create", "--institution", "1", "--login", "a", "--name", "A", "--role", "student",
                "--database-url",
                "postgres://a@127.0.0.1/b",
            ], "no password was given"
        ),
    ])
    func `says in a sentence what is wrong`(arguments: [String], sentence: String) async throws {
        let outcome = try await run(arguments)
        #expect(outcome.status != 0)
        #expect(outcome.complaint.contains(sentence), "\(outcome.complaint)")
        #expect(!outcome.complaint.contains("Fatal error"))
    }

    @Test func `refuses unknown variables and fault points out of place`() async throws {
        let unknown = try await run(["serve"], environment: ["COHORT_LISTEN": "x"])
        #expect(unknown.status != 0 && unknown.complaint.contains("COHORT_LISTEN"))
        let fault = try await run(
            ["demo", "--data-dir", "/tmp/cohort-never-\(UUID().uuidString)"],
            environment: ["COHORT_FAULT_POINT": "before_commit:1"])
        #expect(fault.status != 0 && fault.complaint.contains("--test-endpoints is not given"))
    }
}
