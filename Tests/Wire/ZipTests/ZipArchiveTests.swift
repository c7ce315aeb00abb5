import TestKit
import Testing
import Zip

private let text = Array(String(repeating: "user_id,login_id\n", count: 50).utf8)

private func refusal(_ builder: ZipBuilder, _ limits: ZipLimits = ZipLimits()) -> ZipProblem? {
    refusal(builder.bytes(), limits)
}

/// What is wrong with an archive, its contents included; `nil` for a sound one.
private func refusal(_ bytes: [UInt8], _ limits: ZipLimits = ZipLimits()) -> ZipProblem? {
    do {
        let archive = try ZipArchive(bytes, limits: limits)
        for entry in archive.entries { _ = try archive.content(of: entry) }
        return nil
    } catch {
        return error
    }
}

struct `Zip archive` {
    @Test func `lists and inflates what is in it`() throws {
        var builder = ZipBuilder([
            .init("users.csv", text), .init("stored.csv", text, isDeflated: false), .init("folder/", []),
            .init("folder/empty.csv", []), .init("folder/é.csv", [1, 2, 3]),
        ])
        builder.comment = "a comment"
        let archive = try ZipArchive(builder.bytes())
        #expect(archive.entries.map(\.name) == builder.entries.map(\.name))
        #expect(archive.entries.map(\.isFolder) == [false, false, true, false, false])
        for (entry, given) in zip(archive.entries, builder.entries) {
            #expect(try archive.content(of: entry) == given.content)
        }
        #expect(refusal(ZipBuilder([])) == nil)
    }

    @Test func `is refused when cut anywhere`() {
        let bytes = ZipBuilder([.init("a.csv", text), .init("b.csv", text, isDeflated: false)]).bytes()
        for length in 0..<bytes.count {
            #expect(refusal(Array(bytes[..<length])) == .notZip, "\(length) bytes")
        }
        #expect(refusal(bytes + [0]) == .notZip)
    }

    @Test func `is refused or right when any byte is another`() throws {
        let builder = ZipBuilder([.init("a.csv", text), .init("b.csv", [7, 7], isDeflated: false)])
        let bytes = builder.bytes()
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x41
            guard let archive = try? ZipArchive(changed) else { continue }
            for (entry, given) in zip(archive.entries, builder.entries) {
                if let content = try? archive.content(of: entry) { #expect(content == given.content) }
            }
        }
    }

    @Test(arguments: ["../a", "a/../b", "/a", "C:a", "a\\b", "..", "", "a\u{0}b"])
    func `is refused for names that lead out of it`(name: String) {
        #expect(refusal(ZipBuilder([.init(name, text)])) == .unsafeName)
    }

    @Test func `is refused for what is not supported`() {
        for flag: UInt16 in [0x0001, 0x0040, 0x2000] {
            var builder = ZipBuilder([.init("a", text)])
            builder.entries[0].flags = flag
            #expect(refusal(builder) == .encrypted)
        }
        var other = ZipBuilder([.init("a", text)])
        other.entries[0].method = 14
        #expect(refusal(other) == .unknownMethod(14))
        var large = ZipBuilder([.init("a", text)])
        large.entries[0].size = 0xFFFF_FFFF
        #expect(refusal(large) == .zip64)
        var many = ZipBuilder([.init("a", text)])
        many.count = 0xFFFF
        #expect(refusal(many) == .zip64)
        var locator = ZipBuilder([.init("a", text)])
        locator.beforeEnd = [0x50, 0x4B, 0x06, 0x07] + [UInt8](repeating: 0, count: 16)
        #expect(refusal(locator) == .zip64)
        var volumes = ZipBuilder([.init("a", text)])
        volumes.volume = 1
        #expect(refusal(volumes) == .severalVolumes)
    }

    @Test func `is refused where headers contradict one another`() {
        var size = ZipBuilder([.init("a", text)])
        size.entries[0].size = UInt32(text.count) - 1
        #expect(refusal(size) == .damaged)
        size.entries[0].size = UInt32(text.count) + 1
        #expect(refusal(size) == .damaged)
        var checksum = ZipBuilder([.init("a", text, isDeflated: false)])
        checksum.entries[0].checksum = 1
        #expect(refusal(checksum) == .damaged)
        var name = ZipBuilder([.init("a", text)])
        name.entries[0].localName = "b"
        #expect(refusal(name) == .damaged)
        var count = ZipBuilder([.init("a", text)])
        count.count = 2
        #expect(refusal(count) == .damaged)
        var outside = ZipBuilder([.init("a", text)])
        outside.entries[0].offset = 1_000_000
        #expect(refusal(outside) == .damaged)
        outside.entries[0].offset = 0
        outside.entries[0].packedSize = 1_000_000
        #expect(refusal(outside) == .damaged)
    }

    @Test func `is refused when entries share bytes`() {
        var builder = ZipBuilder([.init("a", text), .init("a", text)])
        builder.entries[1].offset = 0
        #expect(refusal(builder) == .damaged)
    }

    @Test func `bounds entries and sizes`() {
        var limits = ZipLimits()
        limits.entries = 2
        #expect(refusal(ZipBuilder([.init("a", []), .init("b", [])]), limits) == nil)
        #expect(
            refusal(ZipBuilder([.init("a", []), .init("b", []), .init("c", [])]), limits)
                == .tooManyEntries(limit: 2))
        limits = ZipLimits()
        limits.entryBytes = text.count - 1
        #expect(refusal(ZipBuilder([.init("a", text)]), limits) == .entryTooLarge(limit: text.count - 1))
        limits = ZipLimits()
        limits.totalBytes = 2 * text.count - 1
        #expect(refusal(ZipBuilder([.init("a", text)]), limits) == nil)
        #expect(
            refusal(ZipBuilder([.init("a", text), .init("b", text)]), limits)
                == .tooLarge(limit: 2 * text.count - 1))
    }

    @Test func `refuses bombs before it inflates them`() {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        #expect(refusal(ZipBuilder([.init("bomb", zeros)])) == .suspiciousRatio(limit: 200))
        // What the directory hides comes out when it is inflated, and no further.
        var lying = ZipBuilder([.init("bomb", zeros)])
        lying.entries[0].size = 1000
        #expect(refusal(lying) == .damaged)
        // A small one is not suspected.
        #expect(refusal(ZipBuilder([.init("small", [UInt8](repeating: 0, count: 1 << 20))])) == nil)
    }
}
