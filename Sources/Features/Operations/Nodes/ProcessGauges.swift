import Glibc

/// What the kernel says of this process.
package struct ProcessGauges: Sendable, Hashable {
    /// Memory that is in RAM; `nil` when the kernel does not tell.
    package var residentBytes: Int?
    /// Open descriptors.
    package var descriptors: Int?
    /// How many there may be.
    package var descriptorLimit: Int?

    /// Reads all of it; a few short system calls on files that live in memory.
    package static func read() -> ProcessGauges {
        ProcessGauges(
            residentBytes: residentPages().map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) },
            descriptors: openDescriptors(), descriptorLimit: limit())
    }

    /// The second number of `statm` (proc(5)).
    private static func residentPages() -> Int? {
        guard let file = fopen("/proc/self/statm", "re") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, CInt(buffer.count), file) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let parts = text.split(separator: " ")
        return parts.count > 1 ? Int(parts[1]) : nil
    }

    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the folder's own.
        return max(0, count - 3)
    }

    private static func limit() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }
}
