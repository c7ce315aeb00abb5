import EventLoop
import Foundation
import Glibc
import Testing

@testable import Privacy

@Suite(.serialized)
struct `An archive of what cannot be compressed` {
    private static let piece = 1 << 20
    private static let pieces = 300

    @Test func `takes no memory in proportion to what is in it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let lane = WorkLane(label: "archive", width: 1, backlog: 4)
        let archive = try await ArchiveFile.create(
            at: folder.appendingPathComponent("export-1").path, lane: lane, now: 0)
        var random = SystemRandomNumberGenerator()
        let words = (0..<Self.piece / 8).map { _ in random.next() }
        var bytes = words.withUnsafeBytes { Array($0) }
        let before = try Self.resident()
        var most = before
        // As files are, and as a table of such texts would be.
        try await archive.begin("random.bin", isDeflated: false)
        for number in 0..<Self.pieces {
            if number == Self.pieces * 2 / 3 {
                _ = try await archive.end()
                try await archive.begin("random.csv")
            }
            // Each piece another one, further back than a compressor looks.
            bytes[number] = bytes[number] &+ 1
            try await archive.add(bytes)
            most = max(most, try Self.resident())
        }
        _ = try await archive.end()
        let whole = try await archive.finish()
        #expect(whole.size >= Int64(Self.piece * Self.pieces))
        // Half of what was written; what is measured is far below, and other tests of the process are in it, too.
        #expect(most - before < 150 << 20, "\((most - before) >> 20) MiB")
        print("resident memory grew by \((most - before) >> 20) MiB for \(whole.size >> 20) MiB")
    }

    /// Bytes of the process that are in memory (proc(5), statm).
    private static func resident() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return try #require(pages) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
