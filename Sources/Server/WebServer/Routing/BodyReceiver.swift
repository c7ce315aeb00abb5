/// Takes the body of one request piece by piece, for bodies that are never whole in memory.
///
/// Confined to the connection's loop. What a receiver holds is bounded by itself: while it ``isBehind`` nothing more is
/// read from the client, apart from what the connection has at hand (64 KiB at most). Either ``finish(_:)`` or
/// ``abandon()`` is the last thing that it hears.
package protocol BodyReceiver: AnyObject {
    /// Takes the next piece, which is not empty.
    func receive(_ bytes: [UInt8])

    /// Whether it cannot take more just now; it calls ``whenReady`` once it can.
    var isBehind: Bool { get }

    /// Why the rest of the body is of no use; the client gets this answer at once.
    var refusal: WebError? { get }

    /// Set by the connection: called after ``isBehind`` or ``refusal`` has changed by itself.
    var whenReady: (() -> Void)? { get set }

    /// The whole body has come: makes the answer.
    ///
    /// Runs to its end even when the client goes away.
    func finish(_ request: WebRequest) async throws -> WebResponse

    /// The rest of the body will not come.
    func abandon()
}
