import Glibc

/// Whether the kernel can encrypt TLS records itself (`CONFIG_TLS`, tls(7) in the kernel's documentation).
package enum KernelTLS: Equatable, Sendable {
    /// The kernel does it for ciphers that it knows.
    case offered
    /// OpenSSL does it, as always; the text says why.
    case notOffered(String)

    /// What the kernel lists, where it has protocols above TCP at all.
    private static let list = "/proc/sys/net/ipv4/tcp_available_ulp"

    /// Asks the kernel, and has it load its module where that is allowed; blocks for a moment.
    package static func probe() -> KernelTLS {
        // Asking a socket that is not connected for it loads the module, then fails with ENOTCONN.
        let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        if number >= 0 {
            var name: [CChar] = [116, 108, 115]
            setsockopt(number, CInt(IPPROTO_TCP), 31 /* TCP_ULP */, &name, socklen_t(name.count))
            close(number)
        }
        let file = open(list, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return decide(nil) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &bytes, bytes.count)
        return decide(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
    }

    /// Decides by the kernel's list of protocols above TCP; `nil` for a kernel that has no list.
    package static func decide(_ list: String?) -> KernelTLS {
        guard let list else { return .notOffered("the kernel has no protocols above TCP") }
        let names = list.split(whereSeparator: \.isWhitespace)
        guard !names.contains("tls") else { return .offered }
        return .notOffered("the kernel was built without it, or its module is not loaded")
    }
}
