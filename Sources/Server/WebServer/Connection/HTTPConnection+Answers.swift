import EventLoop
import HTTP
import HTTPTypes
import Logging
import Postgres
import Sockets
import Telemetry

/// How answers leave: the head, the body from memory or from a file, and what the log and the counters say.
extension HTTPConnection {
    /// Answers the request at hand; with `closing` it is the connection's last answer.
    ///
    /// Without a request at hand (what came was none) the answer is to whatever it was.
    func answer(_ response: WebResponse, closing: Bool = false) {
        dropReceiver()
        // While bytes are being consumed, `held` does not show whether further requests are among them.
        let peerIsDone = peerHasEnded && held.isEmpty && stage == .answering
        let isLast = closing || server.isDraining || peerIsDone
        var writer =
            exchange.map { ResponseWriter(answering: $0.head, keepAlive: !isLast) }
            ?? ResponseWriter(version: .http11, method: .get, keepAlive: false)
        let response = completed(response)
        switch response.body {
        case .empty: send(response, [], &writer)
        case .bytes(let bytes): send(response, bytes, &writer)
        case .file(let path, let range): open(path, range, response, writer)
        }
    }

    /// Adds what every answer bears besides the security headers.
    private func completed(_ response: WebResponse) -> WebResponse {
        var response = response
        if let id = exchange?.request.id { response.headers[.requestID] = id }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private func send(_ response: WebResponse, _ body: [UInt8], _ writer: inout ResponseWriter) {
        guard let head = encodeHead(response, length: body.count, &writer) else { return }
        note(response.status, bytes: body.count)
        var bytes = head
        do {
            try writer.body(body.span, into: &bytes)
        } catch {
            return abort()
        }
        guard stream.send(bytes) else { return abort() }
        end(keepAlive: writer.keepAlive)
    }

    /// Encodes status and fields; `nil` when the answer could not be sent as it was, and something else was done.
    private func encodeHead(_ response: WebResponse, length: Int, _ writer: inout ResponseWriter) -> [UInt8]?
    {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024 + length)
        do {
            try writer.head(
                response.status, response.headers,
                common: application.headers.fields(
                    for: response, isSecure: exchange?.request.isSecure ?? stream.isSecure),
                framing: .length(length), date: server.date, into: &bytes)
            return bytes
        } catch {
            context.logger.error(
                "an answer cannot be sent",
                metadata: [
                    "route": "\(exchange?.routeName ?? "-")", "cause": "\(error)",
                    "institution": "\(institutionName)",
                ])
            guard response.status != .internalServerError else {
                abort()
                return nil
            }
            let failure = WebError(
                .internalServerError, code: "internal", message: "Something went wrong on our side.")
            answer(
                refusal(failure, id: exchange?.request.id ?? "-"), closing: !writer.keepAlive)
            return nil
        }
    }

    /// The answer is queued: on to the next request, or to the end.
    func end(keepAlive: Bool) {
        guard !keepAlive else { return answered() }
        exchange = nil
        transfer = nil
        finish()
    }

    // MARK: Files

    private func open(_ path: String, _ range: Range<Int>, _ response: WebResponse, _ writer: ResponseWriter)
    {
        let number = number
        let isTaken = context.disk.submit(on: context.loop) {
            OpenFile(path: path)
        } then: { [weak self] file in
            guard let self, number == self.number, stage == .answering else { return }
            guard let file else { return failedToOpen(path) }
            begin(file, range, response, writer)
        }
        if !isTaken { answer(refusal(WebError.unavailable(), id: exchange?.request.id ?? "-")) }
    }

    private func failedToOpen(_ path: String) {
        context.logger.error(
            "a file cannot be opened", metadata: ["path": "\(path)", "institution": "\(institutionName)"])
        answer(refusal(WebError.notFound, id: exchange?.request.id ?? "-"))
        advance()
    }

    private func begin(
        _ file: OpenFile, _ range: Range<Int>, _ response: WebResponse, _ writer: ResponseWriter
    ) {
        var writer = writer
        let isHead = exchange?.head.method == .head
        guard let head = encodeHead(response, length: range.count, &writer) else { return }
        note(response.status, bytes: range.count)
        guard stream.send(head) else { return abort() }
        let keepAlive = writer.keepAlive
        guard !isHead else {
            end(keepAlive: keepAlive)
            return advance()
        }
        let transfer = FileTransfer(file, range: range, stream: stream, context: context) {
            [weak self] result in
            guard let self else { return }
            // Half a file cannot be told from a whole one but by the connection's end.
            guard result == .sent else { return abort() }
            end(keepAlive: keepAlive)
            advance()
        }
        self.transfer = transfer
        stage = .sending
        transfer.proceed()
        keepPace()
    }

    // MARK: Log and counters

    /// Counts the answer, and writes it down: nothing of the query, nothing of who it was.
    func note(_ status: HTTPResponse.Status, bytes: Int) {
        guard let exchange else { return }
        let meters = application.meters
        let method = HTTPConnection.counted(exchange.head.method)
        let taken = now - exchange.began
        meters.requests.with(exchange.routeName, method, String(status.code)).add()
        meters.durations.with(exchange.routeName).record(taken)
        if let institution = exchange.request.principal?.institution.rawValue {
            meters.institutions.count(institution, status: status.code, length: bytes)
        }
        guard application.settings.logsRequests else { return }
        let microseconds =
            taken.components.seconds * 1_000_000 + taken.components.attoseconds / 1_000_000_000_000
        context.logger.info(
            "request",
            metadata: [
                "method": "\(method)", "route": "\(exchange.routeName)", "status": "\(status.code)",
                "bytes": "\(bytes)", "duration_us": "\(microseconds)", "request_id": "\(exchange.request.id)",
                "institution": "\(institutionName)",
            ])
    }

    /// The method's name where it is a usual one: clients may send any token, counters and logs must not grow by it.
    private static func counted(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options: method.rawValue
        default: "other"
        }
    }
}
