import Foundation

/// An S3-compatible store of this run: moto's server, with a bucket, ended with the test process.
final class PrivateObjectStore: Sendable {
    let port: UInt16

    private static let started = Result { try PrivateObjectStore() }

    static func shared() throws -> PrivateObjectStore { try started.get() }

    private init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../..")
        let process = Process()
        process.executableURL = root.appendingPathComponent(".build/venv/bin/python")
        process.arguments = [root.appendingPathComponent("Tests/Tools/moto_server.py").path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            guard let piece = try output.fileHandleForReading.read(upToCount: 1), !piece.isEmpty else {
                throw Failure.ended(line)
            }
            line += String(decoding: piece, as: UTF8.self)
        }
        guard let port = UInt16(line.dropLast()) else { throw Failure.ended(line) }
        self.port = port
        // Held until the process ends: the closed pipe is what the server waits for.
        PrivateObjectStore.keep(input)
    }

    private static func keep(_ pipe: Pipe) { _ = Unmanaged.passRetained(pipe) }

    enum Failure: Error { case ended(String) }
}
