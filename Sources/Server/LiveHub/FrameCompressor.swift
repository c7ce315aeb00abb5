import WebSocket

/// Compresses messages for one loop; what one session alone receives only within ``personalBytes``.
///
/// Confined to the loop.
final class FrameCompressor {
    /// Shorter messages are left as they are: they would hardly become shorter.
    static let least = 256

    /// What single sessions receive, in bytes: some hundredths of a core's time.
    ///
    /// A cohort that joins at once would otherwise have its snapshots compressed one by one, for longer than they take to send.
    static let personalBytes = Rate(1 << 20, burst: 1 << 20)

    private let deflater = MessageDeflater()
    private var paidUntil: Int64 = 0

    /// What was compressed so far.
    var totals: MessageDeflater.Totals { deflater.totals }

    /// A message that goes to all of one dialect; `nil` where it goes as it is.
    func shared(_ payload: [UInt8], _ dialect: Dialect) -> [UInt8]? {
        guard dialect.window > 0, payload.count >= FrameCompressor.least else { return nil }
        return deflater.deflate(payload.span, window: Int(dialect.window))
    }

    /// A message that goes to one session; `nil` where it goes as it is.
    ///
    /// `now` in nanoseconds of the monotonic clock.
    func personal(_ payload: [UInt8], _ dialect: Dialect, now: Int64) -> [UInt8]? {
        let rate = FrameCompressor.personalBytes
        guard dialect.window > 0, payload.count >= FrameCompressor.least, payload.count <= rate.burst,
            rate.take(payload.count, from: &paidUntil, now: now) == nil
        else { return nil }
        return deflater.deflate(payload.span, window: Int(dialect.window))
    }
}
