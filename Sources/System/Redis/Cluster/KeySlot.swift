/// Which of a cluster's slots a key belongs to (Redis Cluster specification, "Key distribution model" and "Hash tags").
package enum KeySlot {
    /// Slots of a cluster.
    package static let count = 16384

    /// The slot of a key or sharded channel.
    ///
    /// Where the key has a `{`, and a `}` somewhere behind it with something in between, that part alone counts, so
    /// that keys can be made to belong together.
    package static func slot(of key: some Collection<UInt8>) -> Int {
        if let open = key.firstIndex(of: UInt8(ascii: "{")) {
            let inside = key[key.index(after: open)...]
            if let close = inside.firstIndex(of: UInt8(ascii: "}")), close != inside.startIndex {
                return Int(crc16(inside[..<close])) % count
            }
        }
        return Int(crc16(key)) % count
    }

    /// The slot of a key given as text.
    package static func slot(of key: String) -> Int { slot(of: key.utf8) }

    /// CRC-16/XMODEM: polynomial 0x1021, initial value 0, nothing reflected.
    static func crc16(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes { crc = (crc << 8) ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)] }
        return crc
    }

    private static let table: [UInt16] = (0..<256).map { index in
        var crc = UInt16(index) << 8
        for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
        return crc
    }
}
