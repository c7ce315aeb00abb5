import FuzzKit
import Zip

/// Zip archives: what their directory says is within its bounds, what comes out is as long as it says, and what is wrong has
/// a sentence.
@c(LLVMFuzzerTestOneInput)
package func openArchive(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        var limits = ZipLimits()
        (limits.entries, limits.entryBytes, limits.totalBytes) = (8, 1 << 16, 1 << 17)
        (limits.ratio, limits.harmlessBytes) = (20, 1 << 12)
        do throws(ZipProblem) {
            let archive = try ZipArchive(bytes, limits: limits)
            hold(archive.entries.count <= limits.entries, "there are more entries than may be")
            let total = archive.entries.reduce(0) { $0 + $1.size }
            hold(total <= limits.totalBytes, "more would come out than may")
            for entry in archive.entries {
                hold(entry.size <= limits.entryBytes, "an entry is larger than may be")
                let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
                hold(!parts.contains("..") && parts.first != "", "a name leads out: \(entry.name)")
                guard let content = try? archive.content(of: entry) else { continue }
                agree(content.count, entry.size, "an entry is not as large as it says")
            }
        } catch {
            hold(!error.message.isEmpty, "an error has no sentence")
        }
    }
}
