import EventLoop
import JSON
import LiveHub
import LiveProtocol

/// One call on its way to a room: who calls, when it was read, and how it is answered.
struct RoomCall: Sendable {
    let user: Int64
    let name: String
    /// When the frame or the body was read, in milliseconds since 1970.
    let receivedAt: Int64
    /// When the call began, in nanoseconds of the monotonic clock.
    let startedAt: Int64
    /// Answers the call; from any loop, once.
    let answer: @Sendable (LiveOutcome) -> Void

    init(user: Int64, name: String, receivedAt: Int64, answer: @escaping @Sendable (LiveOutcome) -> Void) {
        self.user = user
        self.name = name
        self.receivedAt = receivedAt
        startedAt = MonotonicTime.nanoseconds()
        self.answer = answer
    }

    /// A call over a socket; `nil` for a caller whose token names no user.
    init?(_ call: LiveCall) {
        guard let user = call.caller.user else { return nil }
        let reply = LoopBound(call.reply, loop: call.loop.loop)
        self.init(user: user, name: call.caller.name, receivedAt: call.receivedAt) { outcome in
            reply.loop.execute { reply.value(outcome) }
        }
    }

    func refuse(_ refusal: Refusal) {
        answer(.result(CallResult.refused(refusal, at: WallTime.milliseconds())))
    }

    /// Answers that a limit was met, and counts it.
    func meet(_ limit: LiveLimit, in limits: LimitBook) {
        limits.note(limit)
        answer(.error(limit.error))
    }

    func deny() { answer(.error(ProtocolError(.permissionDenied))) }

    /// It cannot be judged now: another try may.
    func fail() { answer(.error(ProtocolError(.internal))) }
}
