import Foundation
import WebServer

@testable import Cohort

/// The routes of a server as it comes, for tests that compare them with what is written elsewhere.
enum ServedRoutes {
    /// The repository's folder.
    static let root: URL = {
        var folder = URL(filePath: #filePath)
        for _ in 0..<5 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// All but those of pages and files.
    static func all() throws -> [Route] {
        let configuration = try Configuration(arguments: [], environment: [:], file: nil)
        let files = try StaticFiles(root: root.appending(path: "web-static").path)
        let pages = Set(files.routes().map(\.pattern)).union(["/favicon.ico"])
        return Routes.all(
            configuration, classroom: try idleClassroom(), files: files, hasTestEndpoints: false
        ).filter { !pages.contains($0.pattern) }
    }
}
