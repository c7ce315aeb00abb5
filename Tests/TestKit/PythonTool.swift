import Foundation
package import JSON
import Processes

/// A program of `Tests/Tools` in Python, with a folder of its own, which ends with this object or the tests' process.
///
/// It writes `ready.json` into its folder once it serves. Any thread may use it.
package final class PythonTool: Sendable {
    /// Why a tool is not there.
    package struct Failure: Error, CustomStringConvertible { package let description: String }

    private static let root: URL = {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// What the program wrote when it was ready.
    package let ready: JSONValue
    /// Its folder.
    package let folder: String
    private let process: ChildProcess

    private init(ready: JSONValue, folder: String, process: ChildProcess) {
        self.ready = ready
        self.folder = folder
        self.process = process
    }

    deinit {
        process.signal(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts a script and comes back when it is ready; its first argument is its folder.
    package static func start(_ script: String, _ arguments: [String] = []) async throws -> PythonTool {
        let folder = NSTemporaryDirectory() + "/cohort-tool-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let python = root.appending(path: ".build/venv/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(description: "there is no \(python): run Tests/Tools/deps.sh")
        }
        let log = folder + "/log"
        let process = try ChildProcess.start(
            [python, root.appending(path: "Tests/Tools/\(script)").path, folder] + arguments, output: log)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        while process.isRunning, clock.now < end {
            if let bytes = FileManager.default.contents(atPath: folder + "/ready.json"),
                let ready = try? JSONReader.read(Array(bytes))
            {
                return PythonTool(ready: ready, folder: folder, process: process)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        process.signal(SIGKILL)
        let said = FileManager.default.contents(atPath: log).map {
            String(decoding: $0.suffix(2000), as: UTF8.self)
        }
        throw Failure(description: "\(script) did not start: \(said ?? "it said nothing")")
    }
}
