import Glibc
package import HTTPTypes

/// Which peers are proxies of ours, whose word about the client counts.
///
/// Everybody else's is ignored.
package struct ProxyTrust: Sendable {
    /// A network such as `10.0.0.0/8`, or one address.
    private struct Network: Sendable {
        let prefix: [UInt8]
        let bits: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == prefix.count else { return false }
            for index in 0..<(bits / 8) where address[index] != prefix[index] { return false }
            let left = bits % 8
            guard left > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
            return address[bits / 8] & mask == prefix[bits / 8] & mask
        }
    }

    private let networks: [Network]

    /// Trusts nobody.
    package init() { networks = [] }

    /// Trusts these networks and addresses.
    ///
    /// - Throws: ``ProxyTrustError`` that names the text which is neither.
    package init(_ texts: [String]) throws(ProxyTrustError) {
        var networks: [Network] = []
        for text in texts {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = ProxyTrust.bytes(String(parts[0])) else { throw ProxyTrustError(text: text) }
            var bits = address.count * 8
            if parts.count == 2 {
                guard let wanted = Int(parts[1]), (0...bits).contains(wanted) else {
                    throw ProxyTrustError(text: text)
                }
                bits = wanted
            }
            networks.append(Network(prefix: address, bits: bits))
        }
        self.networks = networks
    }

    /// Whether the address is a proxy of ours.
    package func trusts(_ address: String) -> Bool {
        guard !networks.isEmpty, let bytes = ProxyTrust.bytes(address) else { return false }
        return networks.contains { $0.contains(bytes) }
    }

    /// Who the client is, and whether it speaks https, as far as can be believed.
    ///
    /// In `X-Forwarded-For` the last address that is no proxy of ours is the client's: what stands before it, the
    /// client may have written itself.
    package func client(peer: String, _ headers: HTTPFields) -> (address: String, isSecure: Bool) {
        guard trusts(peer) else { return (peer, false) }
        let isSecure = headers[values: .forwardedProto].last?.lowercased() == "https"
        let chain = headers[values: .forwardedFor].flatMap { $0.split(separator: ",") }.map(
            ProxyTrust.trimmed)
        var address = peer
        for hop in chain.reversed() {
            guard ProxyTrust.bytes(hop) != nil else { break }
            address = hop
            if !trusts(hop) { break }
        }
        return (address, isSecure)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// An address as 4 or 16 bytes; IPv4 written as IPv6 counts as IPv4.
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
    }
}

/// A text that was to name a proxy and does not.
package struct ProxyTrustError: Error, Equatable, CustomStringConvertible {
    package let text: String

    package var description: String {
        "\"\(text)\" is neither an IP address nor a network such as 10.0.0.0/8"
    }
}
