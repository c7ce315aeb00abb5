import Glibc

/// A system call on a socket that the kernel refused.
package enum SocketError: Error, Equatable, CustomStringConvertible {
    /// `call` failed with this errno.
    case system(call: String, errno: CInt)
    /// The text is no address that this module can use.
    case badAddress(String)

    package var description: String {
        switch self {
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .badAddress(let text): "not an address: \(text)"
        }
    }

    static func last(_ call: String) -> SocketError { .system(call: call, errno: errno) }
}
