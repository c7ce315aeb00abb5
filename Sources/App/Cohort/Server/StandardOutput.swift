import Glibc

/// What people and pipes read from the program: each text is handed to the system at once.
package enum StandardOutput {
    /// Writes a text as it is.
    package static func write(_ text: String) { write(text, to: 1) }

    /// Writes a line.
    package static func line(_ text: String) { write(text + "\n", to: 1) }

    /// Writes to standard error, where it is no part of what a command gives back.
    package static func remark(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: CInt) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&poller, 1, 1000)
                continue
            }
            guard count > 0 else { return }
            written += count
        }
    }
}
