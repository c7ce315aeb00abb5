import Foundation
import HTML
import JSON
import Testing

/// Texts that have run scripts somewhere once, with what is to become of them: `html-vectors.json`, which the browser test
/// reads, too.
struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let html: String
    let safe: String

    var testDescription: String { name }

    /// The policy that the file is written for.
    static let policy = HTMLPolicy(ownOrigins: ["https://school.example"])

    static let all: [Vector] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("html-vectors.json")),
            case .array(let rows) = try? JSONReader.read(Array(data))
        else { return [] }
        return rows.compactMap { row in
            guard let object = row.object, let name = object["name"]?.string,
                let html = object["html"]?.string
            else { return nil }
            return Vector(name: name, html: html, safe: object["safe"]?.string ?? "")
        }
    }()
}
