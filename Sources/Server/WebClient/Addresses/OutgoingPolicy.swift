package import Sockets

/// Where the server may connect to on somebody's word: hosts on the open network, and what an operator names.
package struct OutgoingPolicy: Sendable {
    /// Networks besides the open one, at any port: an issuer in the operator's own network, the loopback of tests.
    package var allowedNetworks: [IPNetwork]
    /// Ports on the open network; elsewhere mail servers and databases listen.
    package var ports: Set<UInt16>

    /// The policy of an operator who names these networks and nothing else.
    package init(allowedNetworks: [IPNetwork] = [], ports: Set<UInt16> = [80, 443, 8443]) {
        self.allowedNetworks = allowedNetworks
        self.ports = ports
    }

    /// Why `address` may not be connected to at `port`; `nil` where it may.
    package func refusal(of address: IPAddress, port: UInt16) -> FetchError? {
        if allowedNetworks.contains(where: { $0.contains(address) }) { return nil }
        let kind = AddressKind(of: address)
        guard kind == .publicHost else { return .forbiddenAddress(kind) }
        return ports.contains(port) ? nil : .forbiddenPort(port)
    }
}
