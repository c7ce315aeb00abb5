/// Whether the other side of a session is there, and how far away it is.
///
/// Time is handed in, in milliseconds of any clock, cut to 32 bits: tens of thousands of these lie idle.
struct PongWatch {
    private var pingedAt: UInt32 = 0
    private var lastRoundTrip: UInt16 = 0
    /// Whether nothing has been heard since the last ping.
    private(set) var isAwaiting = false

    /// Milliseconds from the last ping to whatever answered it; `nil` before the first answer.
    var roundTrip: Int? { lastRoundTrip == 0 ? nil : Int(lastRoundTrip) }

    /// A ping has been sent.
    mutating func didPing(at now: UInt32) {
        isAwaiting = true
        pingedAt = now
    }

    /// Something has arrived: what comes first after a ping tells how far away the other side is.
    mutating func didHear(at now: UInt32) {
        guard isAwaiting else { return }
        isAwaiting = false
        lastRoundTrip = UInt16(clamping: max(1, now &- pingedAt))
    }

    /// The other side has taken output that was blocked: it is there, though the ping may still lie behind what it reads.
    mutating func didAdvance() { isAwaiting = false }
}
