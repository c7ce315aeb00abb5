/// A zip archive in memory, whose directory was read and found sound.
///
/// Inflating takes time: not on a loop.
package struct ZipArchive: Sendable {
    private static let endLength = 22
    private static let headerLength = 46
    private static let localLength = 30

    /// What the directory lists, in its order.
    package let entries: [ZipEntry]
    private let bytes: [UInt8]

    /// Reads the directory.
    ///
    /// - Parameters:
    ///   - bytes: The whole archive.
    ///   - limits: How much it may hold.
    /// - Throws: ``ZipProblem`` when anything in the directory is not as it must be.
    package init(_ bytes: [UInt8], limits: ZipLimits = ZipLimits()) throws(ZipProblem) {
        self.bytes = bytes
        let end = try ZipArchive.end(bytes)
        guard bytes.short(end + 4) == 0, bytes.short(end + 6) == 0 else { throw .severalVolumes }
        let count = Int(bytes.short(end + 10))
        let (length, start) = (Int(bytes.long(end + 12)), Int(bytes.long(end + 16)))
        guard count != 0xFFFF, length != 0xFFFF_FFFF, start != 0xFFFF_FFFF, !ZipArchive.hasLocator(bytes, end)
        else { throw .zip64 }
        guard count <= limits.entries else { throw .tooManyEntries(limit: limits.entries) }
        guard Int(bytes.short(end + 8)) == count, start + length <= end else { throw .damaged }
        var entries: [ZipEntry] = []
        var (position, total) = (start, 0)
        for _ in 0..<count {
            let (entry, next) = try ZipArchive.entry(bytes, at: position, before: start + length, limits)
            total += entry.size
            guard total <= limits.totalBytes else { throw .tooLarge(limit: limits.totalBytes) }
            entries.append(entry)
            position = next
        }
        guard position == start + length else { throw .damaged }
        self.entries = entries
        try checkOverlaps(before: start)
    }

    /// The content of an entry, inflated and checked.
    ///
    /// - Throws: ``ZipProblem/damaged`` when it is not what the directory says.
    package func content(of entry: ZipEntry) throws(ZipProblem) -> [UInt8] {
        let packed = try range(of: entry)
        switch entry.method {
        case .stored:
            guard entry.packedSize == entry.size else { throw .damaged }
            let content = Array(bytes[packed])
            guard Inflater.checksum(content) == entry.checksum else { throw .damaged }
            return content
        case .deflated:
            guard let content = Inflater.inflate(bytes, packed, to: entry.size),
                Inflater.checksum(content) == entry.checksum
            else { throw .damaged }
            return content
        }
    }

    // MARK: The directory

    /// Where the end record begins (APPNOTE §4.3.16): nothing but its comment follows it.
    private static func end(_ bytes: [UInt8]) throws(ZipProblem) -> Int {
        var place = bytes.count - endLength
        let last = max(0, place - 0xFFFF)
        while place >= last {
            if bytes.long(place) == 0x0605_4B50,
                place + endLength + Int(bytes.short(place + 20)) == bytes.count
            {
                return place
            }
            place -= 1
        }
        throw .notZip
    }

    private static func hasLocator(_ bytes: [UInt8], _ end: Int) -> Bool {
        end >= 20 && bytes.long(end - 20) == 0x0706_4B50
    }

    /// Reads one header of the directory (APPNOTE §4.3.12).
    private static func entry(
        _ bytes: [UInt8], at place: Int, before end: Int, _ limits: ZipLimits
    ) throws(ZipProblem) -> (ZipEntry, next: Int) {
        guard place + headerLength <= end, bytes.long(place) == 0x0201_4B50 else { throw .damaged }
        let (flags, method) = (bytes.short(place + 8), bytes.short(place + 10))
        let (packed, size) = (Int(bytes.long(place + 20)), Int(bytes.long(place + 24)))
        let nameLength = Int(bytes.short(place + 28))
        let next =
            place + headerLength + nameLength + Int(bytes.short(place + 30)) + Int(bytes.short(place + 32))
        let offset = Int(bytes.long(place + 42))
        // Bit 0: encrypted; bit 6: strongly; bit 13: the directory is masked.
        guard flags & 0x2041 == 0 else { throw .encrypted }
        guard packed != 0xFFFF_FFFF, size != 0xFFFF_FFFF, offset != 0xFFFF_FFFF else { throw .zip64 }
        guard bytes.short(place + 34) == 0 else { throw .severalVolumes }
        guard next <= end else { throw .damaged }
        guard method == 0 || method == 8 else { throw .unknownMethod(method) }
        guard size <= limits.entryBytes else { throw .entryTooLarge(limit: limits.entryBytes) }
        guard size <= limits.harmlessBytes || size / limits.ratio <= packed else {
            throw .suspiciousRatio(limit: limits.ratio)
        }
        let start = place + headerLength
        let name = try name(bytes[start..<(start + nameLength)])
        return (
            ZipEntry(
                name: name, size: size, method: method == 0 ? .stored : .deflated,
                checksum: bytes.long(place + 16),
                packedSize: packed, offset: offset), next
        )
    }

    private static func name(_ bytes: ArraySlice<UInt8>) throws(ZipProblem) -> String {
        guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty,
            !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "\\")), !name.hasPrefix("/"),
            // A drive.
            name.utf8.dropFirst().first != UInt8(ascii: ":"),
            !name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
        else { throw .unsafeName }
        return name
    }

    /// Where the packed bytes of an entry lie, by its local header (APPNOTE §4.3.7).
    private func range(of entry: ZipEntry) throws(ZipProblem) -> Range<Int> {
        let place = entry.offset
        guard place + ZipArchive.localLength <= bytes.count, bytes.long(place) == 0x0403_4B50,
            bytes.short(place + 8) == (entry.method == .stored ? 0 : 8), bytes.short(place + 6) & 0x2041 == 0
        else { throw .damaged }
        let nameStart = place + ZipArchive.localLength
        let nameEnd = nameStart + Int(bytes.short(place + 26))
        let start = nameEnd + Int(bytes.short(place + 28))
        guard start + entry.packedSize <= bytes.count,
            bytes[nameStart..<nameEnd].elementsEqual(entry.name.utf8)
        else { throw .damaged }
        return start..<(start + entry.packedSize)
    }

    /// Entries that share bytes are how a small archive becomes a large bomb.
    private func checkOverlaps(before directory: Int) throws(ZipProblem) {
        var last = 0
        for entry in entries.sorted(by: { $0.offset < $1.offset }) {
            guard entry.offset >= last else { throw .damaged }
            last = try range(of: entry).upperBound
        }
        guard last <= directory else { throw .damaged }
    }
}

extension [UInt8] {
    /// Two bytes, the lower one first; zero outside of the archive.
    fileprivate func short(_ place: Int) -> UInt16 {
        guard place >= 0, place + 2 <= count else { return 0 }
        return UInt16(self[place]) | UInt16(self[place + 1]) << 8
    }

    /// Four bytes, the lowest one first; zero outside of the archive.
    fileprivate func long(_ place: Int) -> UInt32 {
        UInt32(short(place)) | UInt32(short(place + 2)) << 16
    }
}
