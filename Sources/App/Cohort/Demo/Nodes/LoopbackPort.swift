import Glibc
import Sockets

/// Ports and answers on the loopback, asked for with plain blocking calls.
enum LoopbackPort {
    /// Ports that nobody listens at now, and that the kernel gives to no outgoing connection either, so that whoever
    /// gets one can be started again on it later.
    ///
    /// - Returns: `count` different ports; fewer when the system has no more.
    static func free(_ count: Int) -> [UInt16] {
        let below = firstEphemeral
        var found: [UInt16] = []
        for _ in 0..<2000 where found.count < count {
            let port = UInt16.random(in: 10_000..<below)
            if !found.contains(port), isFree(port) { found.append(port) }
        }
        return found
    }

    /// Whether `GET /readyz` is answered with 200 at this address, within a second.
    static func isReady(_ host: String, _ port: UInt16) -> Bool {
        guard let number = connected(host, port) else { return false }
        defer { close(number) }
        let request = Array("GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(number, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else { return false }
        var reply = [UInt8](repeating: 0, count: 64)
        let count = recv(number, &reply, reply.count, 0)
        return count > 0 && reply.starts(with: "HTTP/1.1 200 ".utf8)
    }

    /// Where the kernel begins to take ports for outgoing connections (ip(7), `ip_local_port_range`).
    private static var firstEphemeral: UInt16 {
        let text = (try? PrivateFile.read("/proc/sys/net/ipv4/ip_local_port_range")).flatMap { $0 }
        let first = text.flatMap { String(decoding: $0, as: UTF8.self).split { " \t\n".contains($0) }.first }
        // Some containers give out everything from 1024 on; then there is no better place.
        return max(11_000, first.flatMap { UInt16($0) } ?? 32_768)
    }

    private static func isFree(_ port: UInt16) -> Bool {
        guard let address = try? SocketAddress(host: "127.0.0.1", port: port) else { return false }
        let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | 0o2000000 /* SOCK_CLOEXEC */, 0)
        guard number >= 0 else { return false }
        defer { close(number) }
        return address.withKernelAddress { bind(number, $0, $1) } == 0
    }

    private static func connected(_ host: String, _ port: UInt16) -> CInt? {
        guard let address = try? SocketAddress(host: host, port: port) else { return nil }
        let family = host.contains(":") ? AF_INET6 : AF_INET
        let number = socket(family, CInt(SOCK_STREAM.rawValue) | 0o2000000 /* SOCK_CLOEXEC */, 0)
        guard number >= 0 else { return nil }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        guard address.withKernelAddress({ connect(number, $0, $1) }) == 0 else {
            close(number)
            return nil
        }
        return number
    }
}
