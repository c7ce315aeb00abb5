package import Glibc

/// Where a socket listens or connects: an IP address with a port.
///
/// Names are never resolved here.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address in text form, without brackets.
    package let host: String
    /// The port; 0 lets the kernel choose one.
    package let port: UInt16
    /// Whether this is an IPv6 address.
    package let isIPv6: Bool

    /// Reads a numeric IPv4 or IPv6 address.
    ///
    /// - Throws: ``SocketError/badAddress(_:)`` for a name or any other text.
    package init(host: String, port: UInt16) throws(SocketError) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            isIPv6 = false
        } else if inet_pton(AF_INET6, host, &six) == 1 {
            isIPv6 = true
        } else {
            throw .badAddress(host)
        }
        self.host = host
        self.port = port
    }

    /// Whether only this machine can reach the address.
    package var isLoopback: Bool { isIPv6 ? host == "::1" : host.hasPrefix("127.") }

    package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    var family: CInt { isIPv6 ? AF_INET6 : AF_INET }

    /// Calls `body` with the kernel's form of the address.
    package func withKernelAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, host, &address.sin6_addr)
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Reads the kernel's form; `nil` for a family that is not IP.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = CInt(storage.ss_family)
        let read: UInt16? = withUnsafePointer(to: &storage) { pointer in
            switch family {
            case AF_INET:
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    var number = address.pointee.sin_addr
                    inet_ntop(AF_INET, &number, &text, socklen_t(INET6_ADDRSTRLEN))
                    return UInt16(bigEndian: address.pointee.sin_port)
                }
            case AF_INET6:
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    var number = address.pointee.sin6_addr
                    inet_ntop(AF_INET6, &number, &text, socklen_t(INET6_ADDRSTRLEN))
                    return UInt16(bigEndian: address.pointee.sin6_port)
                }
            default: nil
            }
        }
        guard let read else { return nil }
        host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        port = read
        isIPv6 = family == AF_INET6
    }
}
