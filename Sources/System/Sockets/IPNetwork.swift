import Glibc

/// An IPv4 or IPv6 address as a value, without a port.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, the most significant first.
    package let bytes: [UInt8]

    /// Reads a numeric address; `nil` for any other text, such as a name or one with a zone.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    /// An address of 4 or 16 bytes.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
        self.bytes = bytes
    }

    /// The IPv4 address where this one is IPv4 written as IPv6 (`::ffff:10.0.0.1`, RFC 4291 §2.5.5.2), else itself.
    package var unmapped: IPAddress {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return bytes.count == 16 && bytes.starts(with: mapped) ? IPAddress(bytes: Array(bytes[12...])) : self
    }

    /// The numeric text, IPv6 in its short form (RFC 5952).
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = bytes.withUnsafeBytes { bytes in
            inet_ntop(
                bytes.count == 4 ? AF_INET : AF_INET6, bytes.baseAddress, &text, socklen_t(INET6_ADDRSTRLEN))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A network such as `10.0.0.0/8`, or one address; IPv4 written as IPv6 counts as IPv4.
package struct IPNetwork: Sendable, Hashable {
    private let prefix: [UInt8]
    private let bits: Int

    /// Reads a network or an address.
    ///
    /// - Throws: ``BadNetwork`` for any other text.
    package init(_ text: String) throws(BadNetwork) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first))?.unmapped else {
            throw BadNetwork(text: text)
        }
        prefix = address.bytes
        guard parts.count == 2 else {
            bits = address.bytes.count * 8
            return
        }
        guard let wanted = Int(parts[1]), (0...address.bytes.count * 8).contains(wanted) else {
            throw BadNetwork(text: text)
        }
        bits = wanted
    }

    /// Whether the address lies in this network.
    package func contains(_ address: IPAddress) -> Bool {
        let bytes = address.unmapped.bytes
        guard bytes.count == prefix.count else { return false }
        for index in 0..<(bits / 8) where bytes[index] != prefix[index] { return false }
        let left = bits % 8
        guard left > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
        return bytes[bits / 8] & mask == prefix[bits / 8] & mask
    }
}

/// A text that was to name a network and does not.
package struct BadNetwork: Error, Equatable, CustomStringConvertible {
    package let text: String

    package init(text: String) { self.text = text }

    package var description: String {
        "\"\(text)\" is neither an IP address nor a network such as 10.0.0.0/8"
    }
}
