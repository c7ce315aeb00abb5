package import EventLoop
package import Logging
package import Sockets
import Synchronization
import WebServer

/// Hands letters over to one relay, one after the other, on one loop.
///
/// Any thread may give it a letter. At most 1,000 wait, in memory: what waits is lost when the process ends. A letter that
/// the relay does not take at once is tried again after 5 seconds, half a minute, 2 minutes and every 10 minutes, while it is worth it.
/// The log names letters by their numbers, never by whom they are for.
package final class Mailer: Sendable {
    private let settings: SMTPSettings
    private let loop: EventLoop
    private let logger: Logger
    private let limit: Duration
    private let queue = Mutex(MailQueue())
    private let desk: LoopBound<Desk>

    /// Makes a mailer; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - settings: The relay.
    ///   - tls: Whom to trust.
    ///   - loop: Where it works.
    ///   - logger: Where failures are told.
    ///   - limit: How long one try may take.
    package init(
        _ settings: SMTPSettings, tls: TLSContext, loop: EventLoop, logger: Logger,
        limit: Duration = .seconds(60)
    ) {
        self.settings = settings
        self.loop = loop
        self.logger = logger
        self.limit = limit
        desk = LoopBound(Desk(tls: tls, streams: StreamContext(loop: loop)), loop: loop)
    }

    /// Letters that wait or are under way.
    package var waiting: Int { queue.withLock { $0.count } }

    /// Takes a letter; `false` when too many wait.
    package func send(_ message: MailMessage) -> Bool {
        guard queue.withLock({ $0.add(message, at: .now) }) else {
            logger.warning("a letter is not sent: too many wait")
            return false
        }
        loop.execute { self.work() }
        return true
    }

    /// On the loop.
    private func work() {
        switch queue.withLock({ $0.step(at: .now) }) {
        case .idle: return
        case .wait(let time):
            desk.value.timer?.cancel()
            desk.value.timer = loop.schedule(after: max(.zero, time - .now)) { [weak self] in self?.work() }
        case .deliver(let entry): deliver(entry)
        }
    }

    private func deliver(_ entry: MailQueue.Entry) {
        let letter = entry.message.encoded(
            from: settings.from, id: "\(RequestID.make()).\(entry.number)", at: WallClock.milliseconds / 1000)
        SMTPDelivery(
            settings, to: entry.message.to, letter: letter, tls: desk.value.tls, streams: desk.value.streams,
            within: limit
        ) { [self] failure in
            if let failure {
                let pause = queue.withLock { $0.failed(failure, at: .now) }
                logger.warning(
                    pause == nil ? "a letter is given up" : "a letter waits for another try",
                    metadata: ["letter": "\(entry.number)", "reason": "\(failure)"])
            } else {
                queue.withLock { $0.delivered() }
                logger.info("a letter is sent", metadata: ["letter": "\(entry.number)"])
            }
            work()
        }.start()
    }

    /// What belongs to the loop.
    private final class Desk {
        let tls: TLSContext
        let streams: StreamContext
        var timer: LoopTimer?

        init(tls: TLSContext, streams: StreamContext) {
            self.tls = tls
            self.streams = streams
        }
    }
}
