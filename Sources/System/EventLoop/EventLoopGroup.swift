import CLinux
import Glibc

/// The loops of a node: one for each CPU that it may use.
package final class EventLoopGroup: Sendable {
    /// All loops, by index; never empty.
    package let loops: [EventLoop]

    /// Makes `count` loops.
    ///
    /// - Throws: ``EventLoopError`` when the kernel grants no epoll descriptor.
    package init(count: Int) throws(EventLoopError) {
        var made: [EventLoop] = []
        for index in 0..<max(1, count) {
            made.append(try EventLoop(index: index, label: "cohort.loop-\(index)"))
        }
        loops = made
    }

    /// The loop that a key is at home on, stable for the life of the process.
    package func loop(for key: Int64) -> EventLoop {
        loops[Int(UInt64(bitPattern: key) % UInt64(loops.count))]
    }

    /// The CPUs that this process may use: its affinity mask, cut by the cgroup's quota (version 2, then 1).
    package static var usableCPUs: Int {
        let allowed = Int(clinux_allowed_cpus())
        guard let quota = cgroupQuota() else { return allowed }
        return max(1, min(allowed, Int(quota.rounded(.up))))
    }

    /// CPUs that `cpu.max` (or `cfs_quota_us`) grants; `nil` without a limit.
    private static func cgroupQuota() -> Double? {
        if let line = firstLine(of: "/sys/fs/cgroup/cpu.max") { return parseQuota(line) }
        guard let quota = firstLine(of: "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
            let period = firstLine(of: "/sys/fs/cgroup/cpu/cpu.cfs_period_us")
        else { return nil }
        return parseQuota("\(quota) \(period)")
    }

    /// Reads `"<quota> <period>"` in microseconds; `nil` for `max`, `-1` or anything that is not a limit.
    package static func parseQuota(_ line: String) -> Double? {
        let parts = line.split(separator: " ")
        guard parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]), quota > 0,
            period > 0
        else { return nil }
        return quota / period
    }

    private static func firstLine(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, CInt(buffer.count), file) != nil else { return nil }
        let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
        return String(decoding: bytes, as: UTF8.self)
    }
}
