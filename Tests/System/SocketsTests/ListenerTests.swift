import EventLoop
import Glibc
import Sockets
import TestKit
import Testing

struct `A listener` {
    @Test func `has the kernel hold little of what a peer does not read`() async throws {
        let loop = try EventLoop(index: 0, label: "listener")
        let unsent = try await loop.perform {
            var accepted: CInt = -1
            var arrived: (() -> Void)?
            let listener = try Listener(on: try SocketAddress(host: "127.0.0.1", port: 0), loop: loop) {
                accepted = $0.release()
                arrived?()
            }
            let client = try TestClient(port: listener.address.port)
            if accepted < 0 { await withCheckedContinuation { done in arrived = { done.resume() } } }
            arrived = nil
            listener.close()
            defer { close(accepted) }
            var (value, size): (CInt, socklen_t) = (0, 4)
            #expect(getsockopt(accepted, CInt(IPPROTO_TCP), 25 /* TCP_NOTSENT_LOWAT */, &value, &size) == 0)
            _ = client
            return value
        }
        #expect(unsent == 131_072)
    }
}
