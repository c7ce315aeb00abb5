package import HTTPTypes
import Sockets

/// Which peers are proxies of ours, whose word about the client counts.
///
/// Everybody else's is ignored.
package struct ProxyTrust: Sendable {
    private let networks: [IPNetwork]

    /// Trusts nobody.
    package init() { networks = [] }

    /// Trusts these networks and addresses.
    ///
    /// - Throws: ``ProxyTrustError`` that names the text which is neither.
    package init(_ texts: [String]) throws(ProxyTrustError) {
        var networks: [IPNetwork] = []
        for text in texts {
            do throws(BadNetwork) {
                networks.append(try IPNetwork(text))
            } catch {
                throw ProxyTrustError(text: text)
            }
        }
        self.networks = networks
    }

    /// Whether the address is a proxy of ours.
    package func trusts(_ address: String) -> Bool {
        guard !networks.isEmpty, let address = IPAddress(address) else { return false }
        return networks.contains { $0.contains(address) }
    }

    /// Who the client is, and whether it speaks https, as far as can be believed.
    ///
    /// In `X-Forwarded-For` the last address that is no proxy of ours is the client's: what stands before it, the
    /// client may have written itself.
    ///
    /// `overTLS` tells of the connection itself: it is the client's where no proxy of ours says otherwise.
    package func client(
        peer: String, _ headers: HTTPFields, overTLS: Bool = false
    ) -> (address: String, isSecure: Bool) {
        guard trusts(peer) else { return (peer, overTLS) }
        let isSecure = headers[values: .forwardedProto].last.map { $0.lowercased() == "https" } ?? overTLS
        let chain = headers[values: .forwardedFor].flatMap { $0.split(separator: ",") }.map(
            ProxyTrust.trimmed)
        var address = peer
        for hop in chain.reversed() {
            guard IPAddress(hop) != nil else { break }
            address = hop
            if !trusts(hop) { break }
        }
        return (address, isSecure)
    }

    /// The host and port that the client asked for: what the proxy says it was (`X-Forwarded-Host`), when it is one of ours
    /// and what it says can stand in a URL.
    package func authority(peer: String, _ headers: HTTPFields, host: String) -> String {
        guard trusts(peer), let said = headers[values: .forwardedHost].last,
            let last = said.split(separator: ",").last.map(ProxyTrust.trimmed),
            (1...255).contains(last.utf8.count), last.utf8.allSatisfy(ProxyTrust.isOfAuthority)
        else { return host }
        return last
    }

    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

/// A text that was to name a proxy and does not.
package struct ProxyTrustError: Error, Equatable, CustomStringConvertible {
    package let text: String

    package var description: String {
        "\"\(text)\" is neither an IP address nor a network such as 10.0.0.0/8"
    }
}
