/// What the streams of a loop have done since it began; ``open`` is the present number.
package struct StreamTotals: Sendable {
    /// Streams that are open now.
    package var open = 0
    /// `send` system calls.
    package var sendCalls: UInt64 = 0
    /// Pieces of output that were queued: of frames that leave together there are many to one `send`.
    package var frames: UInt64 = 0
    /// Bytes that the kernel has taken.
    package var sentBytes: UInt64 = 0
    /// Bytes that were read.
    package var receivedBytes: UInt64 = 0
    /// Rounds whose output was held for a moment, so that more of it left at once.
    package var holds: UInt64 = 0

    package init() {}

    /// Both together.
    package static func + (left: StreamTotals, right: StreamTotals) -> StreamTotals {
        var sum = left
        sum.open += right.open
        sum.sendCalls += right.sendCalls
        sum.frames += right.frames
        sum.sentBytes += right.sentBytes
        sum.receivedBytes += right.receivedBytes
        sum.holds += right.holds
        return sum
    }
}
