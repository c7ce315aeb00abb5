import Content
import Telemetry
import Testing

@testable import Cohort

struct `Settings of files` {
    private func read(_ flags: String...) throws -> Configuration.Content {
        try Configuration(arguments: flags.map { "--content-\($0)" }, environment: [:], file: nil).content
    }

    /// The key that a problem is about.
    private func key(_ flags: String...) -> String? {
        do throws(ConfigurationProblem) {
            _ = try Configuration(arguments: flags.map { "--content-\($0)" }, environment: [:], file: nil)
            return nil
        } catch {
            switch error {
            case .missing(let key, _), .bad(let key, _, _): return key
            default: return "\(error)"
            }
        }
    }

    @Test func `keep none where no place is named`() throws {
        let content = try read()
        #expect(content.folder == nil && content.store == nil && content.linkSecret == nil)
        #expect(content.settings.requiresScan && content.settings.edge.isEmpty)
    }

    @Test func `take a folder, an edge and a secret that nginx can hold`() throws {
        let secret = String(repeating: "0a", count: 16)
        let content = try read(
            "folder=/srv/files", "edge=https://files.school.example", "link-secret=\(secret)",
            "requires-scan=false",
            "largest-file=10")
        #expect(content.folder == "/srv/files" && content.settings.edge == "https://files.school.example")
        #expect(content.linkSecret?.secret == secret)
        #expect(!content.settings.requiresScan && content.settings.largestFile == 10)
    }

    @Test(arguments: [
        ("folder=files", "content.folder"), ("edge=files.school.example", "content.edge"),
        ("edge=https://school.example/files", "content.edge"),
        ("edge=https://school.example/", "content.edge"),
        ("link-secret=short", "content.link-secret"),
        ("link-secret=0123456789012345678901234567890$", "content.link-secret"),
        ("largest-file=0", "content.largest-file"), ("s3-endpoint=s3.example", "content.s3-endpoint"),
        ("s3-endpoint=https://s3.example", "content.folder"),
    ])
    func `refuse what cannot be used`(flag: String, expected: String) { #expect(key(flag) == expected) }

    @Test func `want all that an object store needs`() throws {
        let store = [
            "folder=/srv/files", "s3-endpoint=https://s3.example", "s3-bucket=b", "s3-access-key=k",
            "s3-secret-key=s",
        ]
        #expect(key(store[0], store[1]) == "content.s3-bucket")
        #expect(key(store[0], store[1], store[2]) == "content.s3-access-key")
        #expect(key(store[0], store[1], store[2], store[3]) == "content.s3-secret-key")
        let content = try read(store[0], store[1], store[2], store[3], store[4])
        #expect(content.store?.secret.bucket == "b" && content.store?.secret.region == "us-east-1")
    }
}
