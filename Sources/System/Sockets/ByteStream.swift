/// A connected, bidirectional stream of bytes with bounded output.
///
/// Confined to its loop.
///
/// Plain TCP is one; TLS is another behind the same face. A stream knows nothing of what flows over it.
package protocol ByteStream: AnyObject {
    /// Who hears of bytes and of the end. The stream keeps its handler alive until it has closed.
    var handler: (any StreamHandler)? { get set }

    /// Bytes accepted by ``send(_:)`` that the kernel has not taken yet.
    var queuedBytes: Int { get }

    /// Whether output may wait for more while the loop is busy with sending, so that more of it leaves in one system call: what
    /// goes to many may, an answer that somebody waits for may not. Not so until it is said.
    var isPatient: Bool { get set }

    /// Whether nobody between the peer and us can read along.
    var isSecure: Bool { get }

    /// The peer's address, when it has one.
    var peer: SocketAddress? { get }

    /// Queues bytes; all bytes of one loop round leave in one system call, those of several where the stream is patient. The array
    /// is shared, never copied.
    ///
    /// - Returns: `false`, with nothing queued, when the stream is closing or `outputLimit` bytes would be exceeded.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool

    /// Stops reading until ``resumeReading()``: the peer meets a full window. Calls do not nest.
    func pauseReading()

    /// Reads again, what has arrived meanwhile first.
    func resumeReading()

    /// Sends what is queued, then ends our direction; what the peer still sends is discarded until it ends its own
    /// or `limit` has passed. Then the stream closes.
    func finish(within limit: Duration)

    /// Closes at once; queued bytes are lost.
    func close()
}

/// Hears of a stream's events, on the loop.
package protocol StreamHandler: AnyObject {
    /// Bytes have arrived. The buffer is the loop's scratch: valid, and free to be written to, until this returns.
    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer)

    /// The peer will send no more (half-close); our direction stays open.
    func streamDidReceiveEnd()

    /// Output that was blocked has left: there is room again.
    func streamDidDrain()

    /// Some of the output that was blocked has left: the peer reads, and more waits for it.
    func streamDidAdvance()

    /// The stream is closed, for whatever reason, and this is the last call.
    func streamDidClose(_ reason: StreamClosure)
}

extension StreamHandler {
    package func streamDidAdvance() {}
}

/// Why a stream closed.
package enum StreamClosure: Equatable, Sendable {
    /// We closed it, or both sides had finished.
    case finished
    /// The peer reset the connection, or the network did.
    case failed(errno: CInt)
    /// The peer took longer than ``ByteStream/finish(within:)`` allows.
    case timedOut
    /// TLS could not be agreed on, or was broken.
    case tls(TLSFailure)
}
