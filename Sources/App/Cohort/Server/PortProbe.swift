import Glibc
import Sockets

/// Tells whether somebody listens at an address already.
///
/// Loops share a port by `SO_REUSEPORT`, so that a second server would be let in beside the first, and each would get
/// some of the connections.
enum PortProbe {
    /// Binds without sharing, and lets go again.
    ///
    /// - Throws: ``ServerProblem/listen(_:)`` when the address is taken or forbidden.
    static func check(_ address: SocketAddress) throws(ServerProblem) {
        guard address.port != 0 else { return }
        let number = socket(address.isIPv6 ? AF_INET6 : AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { return }
        defer { close(number) }
        var one: CInt = 1
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
        guard bound(number, address) != 0 else { return }
        let code = errno
        let hint = code == EADDRINUSE ? "another program listens there" : String(cString: strerror(code))
        throw .listen("\(address) cannot be listened at: \(hint)")
    }

    private static func bound(_ number: CInt, _ address: SocketAddress) -> CInt {
        if address.isIPv6 {
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = address.port.bigEndian
            inet_pton(AF_INET6, address.host, &six.sin6_addr)
            return withUnsafePointer(to: &six) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = address.port.bigEndian
        inet_pton(AF_INET, address.host, &four.sin_addr)
        return withUnsafePointer(to: &four) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// What the kernel said, in words.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? SocketError, case .system(_, let code) = error else { return "\(error)" }
        return String(cString: strerror(code))
    }
}
