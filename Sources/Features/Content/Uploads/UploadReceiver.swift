import EventLoop
import Logging
import WebServer

/// Takes an upload from a connection and writes it to the disk, at the disk's pace.
///
/// Confined to its loop. At most 1 MiB waits for the disk: beyond that the client is not read. A lane that is full is tried
/// again; an upload that breaks off leaves nothing.
final class UploadReceiver: BodyReceiver {
    /// Bytes that wait for the disk before the client has to.
    private static let highWater = 1 << 20
    private static let retry: Duration = .milliseconds(20)

    /// What to do with a file that has come whole.
    ///
    /// The ticket's size is the file's.
    typealias Completion = (UploadTicket, _ file: IncomingFile, _ sha256: String) async throws -> WebResponse

    private(set) var refusal: WebError?
    var whenReady: (() -> Void)?
    var isBehind: Bool { pending.count > UploadReceiver.highWater }

    private var form: UploadForm
    private let folder: String
    private let context: WebContext
    private let completion: Completion
    private let onEnd: () -> Void
    private var pending: [UInt8] = []
    private var file: IncomingFile?
    private var name: String?
    private var isBusy = false
    private var isOver = false
    private var whenWritten: (() -> Void)?

    /// Takes an upload.
    ///
    /// - Parameters:
    ///   - form: Reads the body.
    ///   - folder: Where it is written.
    ///   - context: The loop's.
    ///   - onEnd: Called once, when it is over in whichever way.
    ///   - completion: What happens to the file.
    init(
        _ form: UploadForm, folder: String, context: WebContext, onEnd: @escaping () -> Void,
        completion: @escaping Completion
    ) {
        self.form = form
        self.folder = folder
        self.context = context
        self.onEnd = onEnd
        self.completion = completion
    }

    func receive(_ bytes: [UInt8]) {
        guard refusal == nil else { return }
        do throws(WebError) {
            for effect in try form.take(bytes, at: context.nowMilliseconds) {
                switch effect {
                case .begin(let ticket): name = "\(ticket.uuid)-\(UInt64.random(in: 0...(.max)))"
                case .write(let bytes): pending += bytes
                }
            }
        } catch {
            return refuse(error)
        }
        work()
    }

    /// Gives the disk its next job, if it has none.
    private func work() {
        guard !isBusy, !isOver, refusal == nil else { return }
        guard let file else {
            guard let name else { return written() }
            let folder = folder
            return submit({ IncomingFile.make(in: folder, name: name) }) { $0.file = $1 }
        }
        guard !pending.isEmpty else { return written() }
        let bytes = pending
        pending = []
        submit({ file.append(bytes).map { bytes.count } }, orTakeBack: bytes) { _, _ in }
    }

    private func submit<Value: Sendable>(
        _ job: @escaping @Sendable () -> Result<Value, StorageError>, orTakeBack bytes: [UInt8] = [],
        then: @escaping (UploadReceiver, Value) -> Void
    ) {
        isBusy = true
        let isTaken = context.disk.submit(on: context.loop, job) { [self] result in
            isBusy = false
            guard !isOver else { return }
            switch result {
            case .success(let value):
                then(self, value)
                work()
                if !isBehind { whenReady?() }
            case .failure(let error):
                context.logger.error(
                    "an upload cannot be written",
                    metadata: [
                        "institution": "\(form.ticket.map { "\($0.institution)" } ?? "-")",
                        "cause": "\(error)",
                    ])
                refuse(.unavailable(retryAfter: 10))
                whenReady?()
            }
        }
        guard !isTaken else { return }
        pending = bytes + pending
        context.loop.schedule(after: UploadReceiver.retry) { [self] in
            isBusy = false
            work()
        }
    }

    private func written() {
        let then = whenWritten
        whenWritten = nil
        then?()
    }

    private func refuse(_ error: WebError) {
        refusal = error
        pending = []
        written()
    }

    func finish(_ request: WebRequest) async throws -> WebResponse {
        defer { end() }
        var ticket = try form.finish()
        await withCheckedContinuation { continuation in
            whenWritten = { continuation.resume() }
            work()
        }
        if let refusal { throw refusal }
        guard let file else { throw WebError.unavailable() }
        guard let (sha256, size) = await context.disk.run({ file.finish() }) else {
            throw WebError.unavailable()
        }
        guard size == ticket.size || !ticket.isSizeKnown else { throw UploadForm.wrongSize }
        ticket.size = size
        return try await completion(ticket, file, sha256)
    }

    func abandon() { end() }

    private func end() {
        guard !isOver else { return }
        isOver = true
        pending = []
        // Closing and removing wait for the disk like all the rest; where the lane is full, this thread does it.
        if let file {
            _ = context.disk.submit(on: context.loop) {
                _ = file
            } then: { _ in
            }
        }
        file = nil
        onEnd()
    }
}
