import Foundation
import JSON
import TestKit
import Testing

@testable import Zip

/// An archive of these entries, written in pieces of so many bytes.
private func archive(
    _ entries: [(name: String, content: [UInt8])], isDeflated: Bool = true, piece: Int = 7,
    limit: UInt64 = 0xFFFF_FFFF, entryLimit: Int = 0xFFFF
) -> [UInt8] {
    var writer = ZipWriter(at: ZipTime(milliseconds: 1_764_190_000_000), limit: limit, entryLimit: entryLimit)
    var bytes: [UInt8] = []
    for entry in entries {
        bytes += writer.begin(entry.name, isDeflated: isDeflated)
        var rest = entry.content[...]
        while !rest.isEmpty {
            bytes += writer.add(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        bytes += writer.end()
    }
    bytes += writer.finish()
    #expect(writer.length == UInt64(bytes.count))
    #expect(writer.count == entries.count)
    return bytes
}

private let samples: [(name: String, content: [UInt8])] = [
    ("a.txt", Array("hello, hello, hello".utf8)), ("tables/empty.ndjson", []),
    ("folder/é.bin", (0...255).map { UInt8($0) }),
    ("long.txt", Array(String(repeating: "0123456789abcdef", count: 20_000).utf8)),
]

struct `Zip writer` {
    @Test(arguments: [true, false])
    func `makes what the reader reads`(isDeflated: Bool) throws {
        let read = try ZipArchive(archive(samples, isDeflated: isDeflated, piece: 1000))
        #expect(read.entries.map(\.name) == samples.map(\.name))
        for (entry, sample) in zip(read.entries, samples) {
            #expect(try read.content(of: entry) == sample.content)
        }
    }

    @Test func `makes an empty archive`() throws {
        #expect(try ZipArchive(archive([])).entries.isEmpty)
    }

    /// Python's zipfile checks headers, sizes and checksums; the wider fields are taken early, as 4 GiB are too much for a test.
    @Test(arguments: [
        (true, UInt64(0xFFFF_FFFF), 0xFFFF), (false, 0xFFFF_FFFF, 0xFFFF), (true, 1, 1), (false, 100, 3),
    ])
    func `makes what Python reads`(isDeflated: Bool, limit: UInt64, entryLimit: Int) async throws {
        let bytes = archive(
            samples, isDeflated: isDeflated, piece: 5000, limit: limit, entryLimit: entryLimit)
        let listing = try await pythonListing(of: bytes)
        #expect(listing.count == samples.count)
        for (entry, sample) in zip(listing, samples) {
            #expect(entry["name"]?.string == sample.name)
            #expect(entry["size"]?.int == sample.content.count)
            #expect(entry["crc"]?.int == Int(Deflater.checksum(0, sample.content)))
            #expect(entry["time"]?.string == "2025-11-26 20:46:40")
        }
    }

    @Test func `makes more entries than narrow fields count`() async throws {
        let entries = (0..<70_000).map { (name: "e\($0)", content: [UInt8]()) }
        let listing = try await pythonListing(of: archive(entries, isDeflated: false))
        #expect(listing.count == 70_000)
        #expect(listing.last?["name"]?.string == "e69999")
    }

    @Test func `stamps times as they were`() {
        // 1980-01-01 and 2000-02-29 23:59:58.
        #expect(ZipTime(milliseconds: 0) == ZipTime(milliseconds: 315_532_800_000))
        let leap = ZipTime(milliseconds: 951_868_798_000)
        #expect(leap.date == UInt16(20 << 9 | 2 << 5 | 29))
        #expect(leap.time == UInt16(23 << 11 | 59 << 5 | 29))
    }

    private func pythonListing(of bytes: [UInt8]) async throws -> [JSONValue] {
        let file = NSTemporaryDirectory() + "/cohort-zip-\(UUID()).zip"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let tool = try await PythonTool.start("read_zip.py", [file])
        #expect(tool.ready["problem"] == .null)
        return tool.ready["entries"]?.array ?? []
    }
}
