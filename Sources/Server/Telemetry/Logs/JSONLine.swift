import Glibc
import JSON

/// One log line: a JSON object with `time`, `level`, `part`, `message`, then the fields.
enum JSONLine {
    /// Names that fields may not take; such a field gets an underscore in front.
    private static let reserved: Set<String> = ["time", "level", "part", "message"]

    /// The line's bytes, its line feed included.
    static func bytes(
        level: String, part: String, message: String, fields: [(name: String, value: String)]
    ) -> [UInt8] {
        var seen = reserved
        var bytes = RawJSON { writer in
            writer.object { writer in
                writer.member("time", timestamp())
                writer.member("level", level)
                writer.member("part", part)
                writer.member("message", message)
                for field in fields {
                    var name = field.name
                    while !seen.insert(name).inserted { name = "_" + name }
                    writer.member(name, field.value)
                }
            }
        }.bytes
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// Now, as RFC 3339 has it, in UTC with milliseconds.
    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let time = [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
        let milliseconds = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
        return date.map(padded).joined(separator: "-") + "T" + time.map(padded).joined(separator: ":")
            + ".\(milliseconds)Z"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
