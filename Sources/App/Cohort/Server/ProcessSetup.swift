import CLinux
import Glibc

/// What the process needs once, before anything else.
package enum ProcessSetup {
    /// From so many bytes on a block of memory is not part of the heap.
    ///
    /// Left to itself, the allocator raises this with each such block that it has seen: tables that grow would leave a hole of their
    /// old size in the heap each time.
    private static let largeBlock = 256 << 10

    /// Raises the descriptor limit as far as allowed, ignores SIGPIPE, and bounds the heap.
    ///
    /// - Returns: The descriptor limit now in force.
    @discardableResult
    package static func prepare() -> UInt64 {
        signal(SIGPIPE, SIG_IGN)
        clinux_bound_heap(CInt(largeBlock))
        return clinux_raise_descriptor_limit()
    }

    /// Reads one line from standard input; a terminal shows the prompt and not what is typed.
    ///
    /// - Returns: The line; `nil` when there is none.
    package static func readPassword(prompt: String) -> String? {
        guard isatty(0) == 1 else { return readLine() }
        clinux_show_typing(0, 0)
        StandardOutput.remark(prompt)
        defer {
            clinux_show_typing(0, 1)
            StandardOutput.remark("\n")
        }
        return readLine()
    }

    /// The variables that the process was started with.
    package static var environment: [String: String] {
        // proc(5): `NAME=value`, each ended by a zero byte.
        guard let bytes = try? PrivateFile.read("/proc/self/environ") else { return [:] }
        var variables: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            let parts = entry.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            variables[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[1], as: UTF8.self)
        }
        return variables
    }

    /// The program's own path; `nil` when the kernel does not tell.
    static var programPath: String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return -1 }
            return readlink("/proc/self/exe", start, bytes.count)
        }
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
