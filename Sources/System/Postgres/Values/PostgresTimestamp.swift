/// Converts between milliseconds since 1970 and the server's microseconds since 2000.
enum PostgresTimestamp {
    /// 2000-01-01 00:00 UTC in milliseconds since 1970.
    static let epoch: Int64 = 946_684_800_000

    /// The server's form; what lies outside of its range becomes `infinity` or `-infinity`.
    static func microseconds(_ milliseconds: Int64) -> Int64 {
        let (shifted, underflow) = milliseconds.subtractingReportingOverflow(epoch)
        let (scaled, overflow) = shifted.multipliedReportingOverflow(by: 1000)
        guard underflow || overflow else { return scaled }
        return milliseconds < 0 ? .min : .max
    }

    /// Milliseconds since 1970, rounded down; `infinity` and `-infinity` become the largest and the smallest
    /// value.
    static func milliseconds(_ microseconds: Int64) -> Int64 {
        if microseconds == .max || microseconds == .min { return microseconds }
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        return quotient + epoch - (remainder < 0 ? 1 : 0)
    }
}
