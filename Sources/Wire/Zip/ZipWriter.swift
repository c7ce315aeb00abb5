/// Makes a zip archive piece by piece, of any size, in memory that does not grow but for the directory.
///
/// Each call returns bytes that come next in the archive. Sizes and checksums are not known before an entry is over, so they
/// follow it (APPNOTE §4.3.9); headers are those of zip64 (§4.5.3), which every reader of the last twenty years knows. Names are
/// UTF-8 (§4.4.4, bit 11).
package struct ZipWriter: ~Copyable {
    private struct Entry {
        let name: [UInt8]
        let method: UInt16
        let offset: UInt64
        var checksum: UInt32 = 0
        var packed: UInt64 = 0
        var size: UInt64 = 0
    }

    /// Entries that one archive takes: what its directory holds in memory is bounded by it.
    package static let mostEntries = 2_000_000
    /// Bytes of a name at most.
    package static let nameLength = 1024
    private static let flags: UInt16 = 0x0808
    private static let version: UInt16 = 45
    private static let endLength: UInt64 = 44

    /// Sizes and places from here on are written in the wider fields.
    private let limit: UInt64
    private let entryLimit: Int
    private let date: UInt16
    private let time: UInt16
    private var entries: [Entry] = []
    private var position: UInt64 = 0
    private var deflater: Deflater?
    private var isOpen = false

    /// Begins an archive.
    ///
    /// - Parameter stamp: The time that all entries bear.
    package init(at stamp: ZipTime) { self.init(at: stamp, limit: 0xFFFF_FFFF, entryLimit: 0xFFFF) }

    /// Tests take the wider fields sooner.
    init(at stamp: ZipTime, limit: UInt64, entryLimit: Int) {
        (date, time) = (stamp.date, stamp.time)
        self.limit = limit
        self.entryLimit = entryLimit
    }

    /// Entries so far.
    package var count: Int { entries.count }
    /// Bytes of the archive so far.
    package var length: UInt64 { position }

    /// Begins an entry; the one before must be over.
    ///
    /// - Parameters:
    ///   - name: Without a slash at its beginning; at most ``nameLength`` bytes.
    ///   - isDeflated: `false` for what is compressed already.
    /// - Returns: What comes next.
    package mutating func begin(_ name: String, isDeflated: Bool = true) -> [UInt8] {
        let bytes = Array(name.utf8)
        precondition(!isOpen, "an entry is open")
        precondition(entries.count < ZipWriter.mostEntries, "too many entries")
        precondition((1...ZipWriter.nameLength).contains(bytes.count), "a name has 1 to 1024 bytes")
        isOpen = true
        deflater = isDeflated ? Deflater() : nil
        let entry = Entry(name: bytes, method: isDeflated ? 8 : 0, offset: position)
        entries.append(entry)
        var header: [UInt8] = []
        header.add(0x0403_4B50 as UInt32)
        header.add(ZipWriter.version)
        addCommon(entry, to: &header)
        header.add(0 as UInt32)
        header.add(UInt32.max)
        header.add(UInt32.max)
        header.add(UInt16(bytes.count))
        header.add(20 as UInt16)
        header += bytes
        // Both sizes follow the content, in eight bytes each because this field is here.
        header.add(1 as UInt16)
        header.add(16 as UInt16)
        header.add(0 as UInt64)
        header.add(0 as UInt64)
        return emit(header)
    }

    /// Adds to the entry.
    ///
    /// - Returns: What comes next; it may be nothing yet.
    package mutating func add(_ bytes: [UInt8]) -> [UInt8] {
        precondition(isOpen, "no entry is open")
        let last = entries.count - 1
        entries[last].checksum = Deflater.checksum(entries[last].checksum, bytes)
        entries[last].size += UInt64(bytes.count)
        let packed = deflater?.add(bytes, isLast: false) ?? bytes
        entries[last].packed += UInt64(packed.count)
        return emit(packed)
    }

    /// Ends the entry.
    ///
    /// - Returns: What comes next.
    package mutating func end() -> [UInt8] {
        precondition(isOpen, "no entry is open")
        isOpen = false
        let last = entries.count - 1
        var rest = deflater?.add([], isLast: true) ?? []
        deflater = nil
        entries[last].packed += UInt64(rest.count)
        let entry = entries[last]
        rest.add(0x0807_4B50 as UInt32)
        rest.add(entry.checksum)
        rest.add(entry.packed)
        rest.add(entry.size)
        return emit(rest)
    }

    /// Ends the archive with its directory; called once.
    ///
    /// - Returns: The archive's last bytes.
    package mutating func finish() -> [UInt8] {
        precondition(!isOpen, "an entry is open")
        let start = position
        var rest: [UInt8] = []
        for entry in entries { addToDirectory(entry, &rest) }
        let length = UInt64(rest.count)
        let isWide = entries.count >= entryLimit || start >= limit || length >= limit
        if isWide {
            // §4.3.14 and §4.3.15.
            let place = start + length
            rest.add(0x0606_4B50 as UInt32)
            rest.add(ZipWriter.endLength)
            rest.add(ZipWriter.version)
            rest.add(ZipWriter.version)
            rest.add(0 as UInt32)
            rest.add(0 as UInt32)
            rest.add(UInt64(entries.count))
            rest.add(UInt64(entries.count))
            rest.add(length)
            rest.add(start)
            rest.add(0x0706_4B50 as UInt32)
            rest.add(0 as UInt32)
            rest.add(place)
            rest.add(1 as UInt32)
        }
        let count = entries.count >= entryLimit ? UInt16.max : UInt16(entries.count)
        rest.add(0x0605_4B50 as UInt32)
        rest.add(0 as UInt16)
        rest.add(0 as UInt16)
        rest.add(count)
        rest.add(count)
        rest.add(narrow(length))
        rest.add(narrow(start))
        rest.add(0 as UInt16)
        return emit(rest)
    }

    // MARK: Parts

    /// §4.3.12.
    private func addToDirectory(_ entry: Entry, _ rest: inout [UInt8]) {
        let wide = [entry.size, entry.packed, entry.offset].filter { $0 >= limit }
        rest.add(0x0201_4B50 as UInt32)
        // Made on Unix, so that the mode below counts.
        rest.add(UInt16(3 << 8) | ZipWriter.version)
        rest.add(ZipWriter.version)
        addCommon(entry, to: &rest)
        rest.add(entry.checksum)
        rest.add(narrow(entry.packed))
        rest.add(narrow(entry.size))
        rest.add(UInt16(entry.name.count))
        rest.add(UInt16(wide.isEmpty ? 0 : 4 + 8 * wide.count))
        rest.add(0 as UInt16)
        rest.add(0 as UInt16)
        rest.add(0 as UInt16)
        rest.add(UInt32(0o100_600) << 16)
        rest.add(narrow(entry.offset))
        rest += entry.name
        guard !wide.isEmpty else { return }
        rest.add(1 as UInt16)
        rest.add(UInt16(8 * wide.count))
        for value in wide { rest.add(value) }
    }

    private func addCommon(_ entry: Entry, to bytes: inout [UInt8]) {
        bytes.add(ZipWriter.flags)
        bytes.add(entry.method)
        bytes.add(time)
        bytes.add(date)
    }

    private func narrow(_ value: UInt64) -> UInt32 { value >= limit ? .max : UInt32(value) }

    private mutating func emit(_ bytes: [UInt8]) -> [UInt8] {
        position += UInt64(bytes.count)
        return bytes
    }
}

/// A date and a time as MS-DOS had them (APPNOTE §4.4.6): from 1980 on, every two seconds.
package struct ZipTime: Hashable, Sendable {
    let date: UInt16
    let time: UInt16

    /// Takes milliseconds since 1970, in UTC; what lies before 1980 is its first moment.
    package init(milliseconds: Int64) {
        let seconds = max(milliseconds / 1000, 315_532_800)
        let (days, rest) = (seconds / 86_400, seconds % 86_400)
        // Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let day = shifted % 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let ofYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let ofMonth = ofYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let calendarYear = min(year + era * 400 + (calendarMonth <= 2 ? 1 : 0), 2107)
        date = UInt16((calendarYear - 1980) << 9 | calendarMonth << 5 | ofMonth)
        time = UInt16((rest / 3600) << 11 | (rest % 3600 / 60) << 5 | (rest % 60 / 2))
    }
}

extension [UInt8] {
    /// Adds an integer, its lowest byte first.
    fileprivate mutating func add<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
        var rest = value
        for _ in 0..<(Value.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
