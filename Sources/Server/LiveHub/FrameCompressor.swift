import WebSocket

/// Compresses messages for one loop; what one session alone receives only within ``CompressionBudget``.
///
/// Confined to the loop.
final class FrameCompressor {
    /// Shorter messages are left as they are: they would hardly become shorter.
    static let least = 256

    private let deflater = MessageDeflater()
    private var budget: CompressionBudget

    /// A compressor with a whole budget; `now` in milliseconds.
    init(now: Int64) { budget = CompressionBudget(now: now) }

    /// What was compressed so far.
    var totals: MessageDeflater.Totals { deflater.totals }

    /// A message that goes to all of one dialect; `nil` where it goes as it is.
    func shared(_ payload: [UInt8], _ dialect: Dialect) -> [UInt8]? {
        guard dialect.window > 0, payload.count >= FrameCompressor.least else { return nil }
        return deflater.deflate(payload.span, window: Int(dialect.window))
    }

    /// A message that goes to one session; `nil` where it goes as it is.
    ///
    /// `now` in milliseconds.
    func personal(_ payload: [UInt8], _ dialect: Dialect, now: Int64) -> [UInt8]? {
        guard dialect.window > 0, payload.count >= FrameCompressor.least, budget.take(payload.count, now: now)
        else { return nil }
        return deflater.deflate(payload.span, window: Int(dialect.window))
    }
}

/// So many bytes a second are compressed for single sessions: a cohort that joins at once would otherwise have its snapshots
/// compressed one by one, for longer than they take to send.
///
/// Time is handed in.
struct CompressionBudget {
    /// Bytes a second, and at once: some hundredths of a core's time.
    static let bytes = 1 << 20

    private var left = CompressionBudget.bytes
    private var filledAt: Int64

    /// A whole budget; `now` in milliseconds of any clock that does not go back.
    init(now: Int64) { filledAt = now }

    /// Takes so many bytes; `false` when there are not so many left.
    mutating func take(_ count: Int, now: Int64) -> Bool {
        if now > filledAt {
            let gained = (now - filledAt).multipliedReportingOverflow(by: Int64(CompressionBudget.bytes))
            let filled = gained.overflow ? Int64.max : gained.partialValue / 1000
            left = Int(min(Int64(CompressionBudget.bytes), Int64(left) + min(filled, 1 << 40)))
            filledAt = now
        }
        guard count <= left else { return false }
        left -= count
        return true
    }
}
