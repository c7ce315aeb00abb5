import Glibc

/// A client that says literal bytes and reads what comes back, over a blocking socket with a limit on every wait.
///
/// For one test at a time; it closes its socket when it goes away.
package final class TestClient {
    /// What went wrong with the connection.
    package enum Failure: Error, Equatable {
        case cannotConnect(errno: CInt)
        /// The server has closed, or the connection broke, before there was enough to read.
        case ended
        /// Nothing came in time.
        case tooLate
        /// What came is no HTTP response.
        case malformed(String)
    }

    private var descriptor: CInt
    private var buffer: [UInt8] = []

    /// Connects to a port of this machine.
    ///
    /// `seconds` bounds every wait for bytes or for room to send some; a small `receiveBuffer` (the kernel's) is for
    /// clients that do not read.
    package init(port: UInt16, seconds: Int = 60, receiveBuffer: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            Glibc.close(descriptor)
            descriptor = -1
            throw Failure.cannotConnect(errno: code)
        }
    }

    deinit { close() }

    // MARK: Saying

    /// Sends text as it stands; a line ends with the CR LF that it holds.
    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends bytes.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw errno == EAGAIN ? Failure.tooLate : Failure.ended }
            sent += count
        }
    }

    /// Says that nothing more will be sent, and goes on reading.
    package func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Closes the socket.
    package func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Breaks the connection with a reset.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    // MARK: Reading

    /// Reads until `count` bytes are there, and takes them.
    package func read(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// Reads everything up to the connection's end.
    package func readToEnd() throws -> [UInt8] {
        do {
            while true { try fill() }
        } catch Failure.ended {
            defer { buffer = [] }
            return buffer
        }
    }

    /// Reads everything up to the connection's end, as text.
    package func textToEnd() throws -> String { String(decoding: try readToEnd(), as: UTF8.self) }

    /// Reads one response; to a `HEAD`, which has no body, with `toHead`.
    package func readResponse(toHead: Bool = false) throws -> RawHTTPResponse {
        var end = RawHTTPResponse.endOfHead(buffer)
        while end == nil {
            try fill()
            end = RawHTTPResponse.endOfHead(buffer)
        }
        let head = try read(end ?? 0)
        guard var response = RawHTTPResponse(head: String(decoding: head, as: UTF8.self)) else {
            throw Failure.malformed(String(decoding: head, as: UTF8.self))
        }
        let hasBody = !toHead && response.status >= 200 && response.status != 204 && response.status != 304
        if hasBody { response.body = try read(Int(response["content-length"] ?? "") ?? 0) }
        return response
    }

    /// Sends text and reads the response to it.
    package func exchange(_ text: String) throws -> RawHTTPResponse {
        try send(text)
        return try readResponse(toHead: text.hasPrefix("HEAD "))
    }

    private func fill() throws {
        var piece = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(descriptor, &piece, piece.count)
        guard count != 0 else { throw Failure.ended }
        guard count > 0 else { throw errno == EAGAIN ? Failure.tooLate : Failure.ended }
        buffer.append(contentsOf: piece[..<count])
    }
}
