package import Sockets

/// What an IP address is for, as far as it matters to somebody who connects to it on a stranger's word.
///
/// Follows the registries of special addresses (RFC 6890 and its updates); an address that carries another one inside
/// is what that one is.
package enum AddressKind: String, Sendable, CaseIterable {
    /// A host on the open network.
    case publicHost = "public"
    /// `0.0.0.0/8`, `::`: this host, or none.
    case unspecified
    /// This machine.
    case loopback
    /// Private networks: RFC 1918, unique local IPv6 (RFC 4193), the old site-local.
    case privateNetwork = "private"
    /// The link that the machine stands on, with most clouds' metadata services (RFC 3927, RFC 4291 §2.5.6).
    case linkLocal = "link-local"
    /// Between a provider and its customers (RFC 6598).
    case shared
    /// A metadata service that stands among public addresses.
    case metadata
    /// Many hosts at once.
    case multicast
    /// For examples in texts.
    case documentation
    /// For measuring networks (RFC 2544, RFC 5180).
    case benchmark
    /// Teredo, whose packets other hosts carry further (RFC 4380).
    case tunnel
    /// Assigned to protocols, or to nobody.
    case reserved

    /// The kind of an address.
    package init(of address: IPAddress) {
        let address = address.unmapped
        if address.bytes.count == 4 {
            self = AddressKind.first(AddressKind.four, address) ?? .publicHost
        } else if let inner = AddressKind.embedded(in: address.bytes) {
            self.init(of: inner)
        } else {
            self = AddressKind.first(AddressKind.six, address) ?? .reserved
        }
    }

    private static func first(
        _ table: [(network: IPNetwork, kind: AddressKind)], _ address: IPAddress
    ) -> AddressKind? {
        table.first { $0.network.contains(address) }?.kind
    }

    /// The IPv4 address that packets to an IPv6 address end at: NAT64 (RFC 6052), 6to4 (RFC 3056), and the old
    /// compatible form (RFC 4291 §2.5.5.1).
    private static func embedded(in bytes: [UInt8]) -> IPAddress? {
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) {
            return IPAddress(bytes: Array(bytes[12...]))
        }
        if bytes.starts(with: [0x20, 0x02]) { return IPAddress(bytes: Array(bytes[2..<6])) }
        let isCompatible = bytes[..<12].allSatisfy { $0 == 0 } && bytes[12..<15].contains { $0 != 0 }
        return isCompatible ? IPAddress(bytes: Array(bytes[12...])) : nil
    }

    // The first network that an address lies in decides.

    private static let four = table([
        ("0.0.0.0/8", .unspecified), ("10.0.0.0/8", .privateNetwork), ("100.64.0.0/10", .shared),
        ("127.0.0.0/8", .loopback), ("168.63.129.16", .metadata), ("169.254.0.0/16", .linkLocal),
        ("172.16.0.0/12", .privateNetwork), ("192.0.0.0/24", .reserved), ("192.0.2.0/24", .documentation),
        ("192.88.99.0/24", .reserved), ("192.168.0.0/16", .privateNetwork), ("198.18.0.0/15", .benchmark),
        ("198.51.100.0/24", .documentation), ("203.0.113.0/24", .documentation), ("224.0.0.0/4", .multicast),
        ("240.0.0.0/4", .reserved),
    ])

    private static let six = table([
        ("::", .unspecified), ("::1", .loopback), ("fc00::/7", .privateNetwork), ("fe80::/10", .linkLocal),
        ("fec0::/10", .privateNetwork), ("ff00::/8", .multicast), ("2001::/32", .tunnel),
        ("2001:2::/48", .benchmark), ("2001:db8::/32", .documentation), ("3fff::/20", .documentation),
        ("2001::/23", .reserved), ("2000::/3", .publicHost),
    ])

    private static func table(
        _ rows: [(text: String, kind: AddressKind)]
    ) -> [(network: IPNetwork, kind: AddressKind)] {
        rows.map { row in
            guard let network = try? IPNetwork(row.text) else {
                preconditionFailure("\(row.text) is no network")
            }
            return (network, row.kind)
        }
    }
}
