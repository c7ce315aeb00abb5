import CLinux
package import EventLoop
import Glibc

/// A listening socket of one loop.
///
/// Confined to it.
///
/// Every loop has its own, bound to the same port with `SO_REUSEPORT`: the kernel spreads connections over them.
package final class Listener: ReadinessHandler {
    /// Connections accepted in one go, before the loop's other work has its turn.
    private static let acceptsPerTurn = 128
    /// How long accepting rests after the process ran out of descriptors.
    private static let exhaustionPause: Duration = .milliseconds(100)
    /// Bytes that the kernel keeps for a peer beyond what is on the way to it; what does not fit waits where it is shared with
    /// others and counted.
    private static let unsentBytes: CInt = 128 << 10

    /// Where the socket listens; with port 0 asked for, the port that the kernel chose.
    package let address: SocketAddress
    /// Times that accepting had to rest because no descriptor was left.
    package private(set) var exhaustions: UInt64 = 0

    private let loop: EventLoop
    private let accept: (consuming Descriptor) -> Void
    private var descriptor: CInt
    private var registration: Registration?

    /// Binds and listens; called on the loop, which `accept` is called on too.
    ///
    /// - Throws: ``SocketError`` when the address is taken or forbidden.
    package init(
        on address: SocketAddress, loop: EventLoop, backlog: CInt = 4096,
        accept: @escaping (consuming Descriptor) -> Void
    ) throws(SocketError) {
        let number = clinux_stream_socket(address.family)
        guard number >= 0 else { throw .last("socket") }
        var one: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, size)
        setsockopt(number, SOL_SOCKET, SO_REUSEPORT, &one, size)
        // Inherited by what is accepted (tcp(7)); a kernel without it only keeps more.
        var unsent = Listener.unsentBytes
        setsockopt(number, CInt(IPPROTO_TCP), CInt(TCP_NOTSENT_LOWAT), &unsent, size)
        guard address.withKernelAddress({ bind(number, $0, $1) }) == 0, listen(number, backlog) == 0 else {
            let error = SocketError.last("bind")
            Glibc.close(number)
            throw error
        }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
        }
        self.address = SocketAddress(storage) ?? address
        self.loop = loop
        self.accept = accept
        descriptor = number
        do {
            registration = try loop.register(number, .readable, edgeTriggered: false, handler: self)
        } catch {
            Glibc.close(number)
            throw .system(call: "epoll_ctl", errno: ENOSPC)
        }
    }

    package func descriptorIsReady(_ readiness: Readiness) {
        for _ in 0..<Listener.acceptsPerTurn {
            guard descriptor >= 0 else { return }
            let number = clinux_accept(descriptor, nil, nil)
            if number >= 0 {
                accept(Descriptor(owning: number))
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return rest()
            default: return
            }
        }
    }

    /// Stops watching for a moment: a listener that cannot accept would be reported ready without end.
    private func rest() {
        exhaustions += 1
        guard let registration else { return }
        try? loop.modify(registration, [])
        loop.schedule(after: Listener.exhaustionPause) { [weak self] in
            guard let self, let registration = self.registration else { return }
            try? self.loop.modify(registration, .readable)
        }
    }

    /// Accepts what the kernel has already completed, then stops listening.
    ///
    /// Harmless when repeated.
    package func close() {
        guard descriptor >= 0 else { return }
        descriptorIsReady(.readable)
        if let registration { loop.cancel(registration) }
        registration = nil
        Glibc.close(descriptor)
        descriptor = -1
    }
}
