import HTTP
import HTTPTypes
import Postgres
import Sockets
import Telemetry

/// A request that was answered at once, and how it is answered when it comes again in the same words.
///
/// Clients that look whether something has changed send the same bytes again and again. What was found out about those
/// bytes (that they are a request, which route they lead to, who may have it) is still so as long as the caller is.
///
/// Confined to its connection's loop; an object, so that looking at it copies nothing.
final class Repetition {
    /// Longer heads are read anew each time.
    static let longest = 4096

    let head: RequestHead
    let echo: Route.Echo
    let caller: KnownCaller
    let request: WebRequest
    let route: Route
    /// Whether the client names its requests itself.
    let hasOwnID: Bool
    /// What is counted for a 200.
    let count: Counter
    let duration: Distribution
    /// The request as it came, whole and alone; empty until that is known.
    var words: [UInt8] = []

    init(
        _ exchange: Exchange, _ route: Route, _ caller: KnownCaller, _ echo: @escaping Route.Echo,
        meters: ServerMeters
    ) {
        head = exchange.head
        request = exchange.request
        self.route = route
        self.caller = caller
        self.echo = echo
        hasOwnID = exchange.head.fields[.requestID] == exchange.request.id
        count = meters.requests.with(route.pattern, "GET", "200")
        duration = meters.durations.with(route.pattern)
    }
}

extension HTTPConnection {
    /// Notes how the request at hand was answered, so that it can be answered again.
    func remember(_ echo: @escaping Route.Echo, _ exchange: Exchange) {
        guard let caller = exchange.caller, let route = exchange.route, exchange.head.method == .get,
            exchange.head.framing == .none, exchange.head.keepAlive
        else { return }
        repetition = Repetition(exchange, route, caller, echo, meters: application.meters)
    }

    /// Keeps what was noted when the bytes were that one request and nothing else.
    func keepRepetition(of bytes: Span<UInt8>, isOnlyOne: Bool) {
        guard repetition != nil else { return }
        guard isOnlyOne, stage == .reading, parser.phase == .idle, held.isEmpty,
            bytes.count <= Repetition.longest
        else {
            repetition = nil
            return
        }
        repetition?.words = bytes.withUnsafeBufferPointer { Array($0) }
    }

    /// Answers bytes that are the last request again, word for word; `false` when they are not, or when there is more to be
    /// done about it.
    func answersAgain(_ bytes: Span<UInt8>) -> Bool {
        guard let repetition, bytes.count == repetition.words.count, !server.isDraining, !peerHasEnded,
            bytes.withUnsafeBufferPointer({ $0.elementsEqual(repetition.words) })
        else { return false }
        let began = now
        guard repetition.caller.holds(began), let kept = repetition.echo() else { return false }
        number += 1
        let id = repetition.hasOwnID ? repetition.request.id : RequestID.make()
        if application.settings.logsRequests {
            var request = repetition.request
            request.id = id
            exchange = Exchange(repetition.head, request, at: began)
            exchange?.route = repetition.route
            answer(kept, repetition.head, id: id) { self.note($0, bytes: $1) }
        } else {
            answer(kept, repetition.head, id: id) { status, bytes in
                if status == .ok {
                    repetition.count.add()
                } else {
                    self.application.meters.requests.with(
                        repetition.route.pattern, "GET", String(status.code)
                    ).add()
                }
                repetition.duration.record(self.now - began)
                self.application.meters.institutions.count(
                    repetition.caller.principal.institution.rawValue, status: status.code, length: bytes)
            }
        }
        renewPace()
        return true
    }

    /// Answers with what is ready.
    ///
    /// - Parameters:
    ///   - kept: The answer.
    ///   - head: What it answers.
    ///   - id: The request's name.
    ///   - note: Counts it: its status, and the bytes of its body.
    func answer(
        _ kept: KeptAnswer, _ head: RequestHead, id: String, note: (HTTPResponse.Status, Int) -> Void
    ) {
        let isLast = server.isDraining || (peerHasEnded && held.isEmpty)
        var writer = ResponseWriter(answering: head, keepAlive: !isLast)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(kept.fields.size + kept.body.count + 512)
        var own = kept.own + RequestID.line(id)
        if exchange?.request.isSecure ?? repetition?.request.isSecure ?? stream.isSecure {
            own = own + application.headers.strictTransport
        }
        do {
            try writer.head(
                kept.status, common: kept.fields, own: own,
                framing: .length(kept.body.count), date: server.date, into: &bytes)
            try writer.body(kept.body.span, into: &bytes)
        } catch {
            return abort()
        }
        note(kept.status, kept.body.count)
        guard stream.send(bytes) else { return abort() }
        end(keepAlive: writer.keepAlive)
    }
}

extension RequestID {
    /// The field's line; an id is a harmless token.
    static func line(_ id: String) -> EncodedFields {
        var line = Array("X-Request-Id: ".utf8)
        line.append(contentsOf: id.utf8)
        line.append(contentsOf: [0x0D, 0x0A])
        return EncodedFields(ownLines: line)
    }
}
