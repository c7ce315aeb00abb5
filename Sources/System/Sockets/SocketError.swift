import Glibc

/// A system call on a socket that the kernel refused.
package enum SocketError: Error, Equatable, CustomStringConvertible {
    /// `call` failed with this errno.
    case system(call: String, errno: CInt)
    /// The text is no address that this module can use.
    case badAddress(String)
    /// The connection stands, but TLS could not be agreed on.
    case tls(TLSFailure)

    package var description: String {
        switch self {
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .badAddress(let text): "not an address: \(text)"
        case .tls(let failure): failure.description
        }
    }

    /// The reason for which a connection that was being made closed.
    init(_ closure: StreamClosure) {
        self =
            switch closure {
            case .finished: .system(call: "connect", errno: ECONNABORTED)
            case .failed(let code): .system(call: "connect", errno: code)
            case .timedOut: .system(call: "connect", errno: ETIMEDOUT)
            case .tls(let failure): .tls(failure)
            }
    }

    static func last(_ call: String) -> SocketError { .system(call: call, errno: errno) }
}
