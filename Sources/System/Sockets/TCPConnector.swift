import CLinux
package import EventLoop
import Glibc

/// Opens TCP connections without blocking.
///
/// Confined to its loop.
package final class TCPConnector: ReadinessHandler {
    private let context: StreamContext
    private let descriptor: CInt
    private var registration: Registration?
    private var timer: LoopTimer?
    private var then: ((Result<TCPStream, SocketError>) -> Void)?

    private init(descriptor: CInt, context: StreamContext) {
        self.descriptor = descriptor
        self.context = context
    }

    /// Connects to `address`; `then` is called once, on the loop, with the open stream or the reason.
    package static func connect(
        to address: SocketAddress, context: StreamContext, within limit: Duration = .seconds(10),
        then: @escaping (Result<TCPStream, SocketError>) -> Void
    ) {
        let number = clinux_stream_socket(address.family)
        guard number >= 0 else { return then(.failure(.last("socket"))) }
        let connector = TCPConnector(descriptor: number, context: context)
        connector.then = then
        let result = address.withKernelAddress { Glibc.connect(number, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { return connector.fail(.last("connect")) }
        do {
            connector.registration = try context.loop.register(
                number, .writable, edgeTriggered: false, handler: connector)
        } catch {
            return connector.fail(.system(call: "epoll_ctl", errno: ENOSPC))
        }
        connector.timer = context.loop.schedule(after: limit) {
            connector.fail(.system(call: "connect", errno: ETIMEDOUT))
        }
    }

    package func descriptorIsReady(_ readiness: Readiness) {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { return fail(.system(call: "connect", errno: code)) }
        let told = detach()
        do {
            told?(.success(try TCPStream(adopting: Descriptor(owning: descriptor), context: context)))
        } catch {
            told?(.failure(error))
        }
    }

    private func fail(_ error: SocketError) {
        guard let told = detach() else { return }
        Glibc.close(descriptor)
        told(.failure(error))
    }

    private func detach() -> ((Result<TCPStream, SocketError>) -> Void)? {
        if let registration { context.loop.cancel(registration) }
        registration = nil
        timer?.cancel()
        timer = nil
        defer { then = nil }
        return then
    }
}
