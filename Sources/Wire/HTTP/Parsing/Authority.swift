/// The rules for `Host` and for the authority in an absolute target (RFC 9110 §7.2, RFC 3986 §3.2).
enum Authority {
    /// Checks a host with an optional port; returns it with its letters in lower-case.
    ///
    /// Narrower than the grammar, for everything beyond it is a way to be read differently by a proxy: no
    /// userinfo, no percent-encoding, no sub-delimiters, no empty host, no empty port.
    static func parse(_ bytes: Span<UInt8>) throws(HTTPError) -> String {
        var index = 0
        if bytes.count > 0, bytes[0] == ASCII.leftBracket {
            index = 1
            var colons = 0
            while index < bytes.count, ByteSet.ipv6.contains(bytes[index]) {
                if bytes[index] == ASCII.colon { colons &+= 1 }
                index &+= 1
            }
            guard colons >= 2, index < bytes.count, bytes[index] == ASCII.rightBracket else {
                throw .invalidHost
            }
            index &+= 1
        } else {
            while index < bytes.count, ByteSet.hostName.contains(bytes[index]) { index &+= 1 }
        }
        guard index > 0 else { throw .invalidHost }
        if index < bytes.count {
            guard bytes[index] == ASCII.colon else { throw .invalidHost }
            let port = bytes.extracting((index + 1)..<bytes.count)
            guard port.count >= 1, port.count <= 5 else { throw .invalidHost }
            var number = 0
            for digit in port.indices {
                guard ASCII.isDigit(port[digit]) else { throw .invalidHost }
                number = number * 10 + Int(port[digit] - ASCII.zero)
            }
            guard number <= 65_535 else { throw .invalidHost }
        }
        return String(copyingASCII: bytes).asciiLowercased
    }
}
