import EventLoop
import HTTP
import HTTPTypes
import Logging
import Sockets
import Telemetry

/// What happens to one request: found, cleared, read, handled.
extension HTTPConnection {
    /// A head has been read.
    ///
    /// - Throws: `HTTPError.bodyTooLarge` when the body that it declares is more than the route takes.
    func begin(_ head: RequestHead) throws(HTTPError) {
        number += 1
        stage = .collecting
        var request = WebRequest(
            method: head.method, path: head.target.path, id: RequestID.take(head.fields[.requestID]))
        request.headers = head.fields
        let proxies = application.settings.proxies
        request.authority = proxies.authority(peer: peer, head.fields, host: head.host ?? "")
        (request.remote, request.isSecure) = proxies.client(
            peer: peer, head.fields, overTLS: stream.isSecure)
        exchange = Exchange(head, request, at: now)
        if let location = secureLocation(request, head) {
            return settle(.redirect(to: location, status: .permanentRedirect))
        }
        do throws(WebError) {
            switch try find(head) {
            case .answer(let response): settle(response)
            case .route(let route):
                exchange?.route = route
                try limit(to: route.bodyLimit)
                if case .receive = route.action { stage = .holding }
                try clear(route)
            }
        } catch {
            guard parser.phase != .failed else { throw .bodyTooLarge }
            settle(refusal(error, id: request.id))
            if stage == .holding { stage = .collecting }
        }
    }

    /// What watchers ask of this machine itself, and balancers without TLS: it is answered as it comes.
    private static let probes: Set<String> = ["/healthz", "/readyz", "/metrics"]

    /// Where a client that came without TLS is sent; `nil` where it is served.
    private func secureLocation(_ request: WebRequest, _ head: RequestHead) -> String? {
        guard let port = server.securePort, !request.isSecure, head.target.form == .origin,
            !request.authority.isEmpty, !HTTPConnection.probes.contains(head.target.path)
        else { return nil }
        var host = request.authority[...]
        // The colon of a port stands behind an IPv6 address's bracket.
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") { host = host[..<colon] }
        let query = head.target.query.map { "?" + $0 } ?? ""
        return "https://\(host)\(port == 443 ? "" : ":\(port)")\(head.target.path)\(query)"
    }

    private enum Found {
        case route(Route)
        /// What is asked for needs no route.
        case answer(WebResponse)
    }

    /// Finds the route and fills in what the path says.
    private func find(_ head: RequestHead) throws(WebError) -> Found {
        let segments: [String]
        do throws(HTTPError) {
            segments = try head.target.segments()
            exchange?.request.query = try head.target.queryFields().fields.map {
                WebRequest.Item($0.name, $0.value)
            }
        } catch {
            throw WebError(error)
        }
        if head.target.form == .asterisk { return .answer(.noContent) }
        switch application.routes.match(head.method, segments) {
        case .route(let route, let parameters):
            if route.method == .get { exchange?.request.method = .get }
            exchange?.request.parameters = parameters
            return .route(route)
        case .otherMethods(let methods):
            let allow = methods.map(\.rawValue).joined(separator: ", ")
            if head.method == .options {
                return .answer(WebResponse(status: .noContent, headers: [.allow: allow]))
            }
            var error = WebError(
                .methodNotAllowed, code: "method_not_allowed",
                message: "This resource does not take the method.")
            error.headers[.allow] = allow
            throw error
        case .none:
            if let location = withoutTrailingSlash(head, segments) {
                return .answer(.redirect(to: location, status: .permanentRedirect))
            }
            throw .notFound
        }
    }

    /// Where to look instead, when the path is right but for a slash at its end.
    private func withoutTrailingSlash(_ head: RequestHead, _ segments: [String]) -> String? {
        guard RequestGuard.isSafe(head.method), segments.count > 1, segments.last == "",
            !segments.dropLast().contains(""),
            case .route = application.routes.match(head.method, segments.dropLast())
        else { return nil }
        return String(head.target.path.dropLast()) + (head.target.query.map { "?" + $0 } ?? "")
    }

    private func limit(to bytes: Int) throws(WebError) {
        do {
            try parser.limitBody(to: bytes)
        } catch {
            throw WebError(error)
        }
    }

    // MARK: Clearance

    /// Finds out who asks, where the route wants to know, and whether they may.
    private func clear(_ route: Route) throws(WebError) {
        if case .upgrade = route.action { try checkHandshake() }
        let hasCredentials =
            exchange.map { $0.head.fields.contains(.cookie) || $0.head.fields.contains(.authorization) }
            ?? false
        guard route.access != .anyone, hasCredentials else { return try grant(route, nil) }
        if let request = exchange?.request,
            let known = application.authenticator.recall(request, context)
        {
            exchange?.caller = known
            return try grant(route, known.principal)
        }
        let number = number
        context.loop.run { await self.authenticate(number, route) }
    }

    private func authenticate(_ number: Int, _ route: Route) async {
        guard number == self.number, let request = exchange?.request else { return }
        let found: Result<Principal?, any Error>
        do {
            found = .success(try await application.authenticator.authenticate(request, context))
        } catch {
            found = .failure(error)
        }
        guard number == self.number, stage == .collecting || stage == .holding else { return }
        do {
            try grant(route, found.get())
        } catch {
            settle(refusal(error, id: request.id))
            if stage == .holding { return resumeBody() }
        }
        if exchange?.isWhole == true { goOn() }
        advance()
    }

    /// Decides on the request now that it is known who asks.
    private func grant(_ route: Route, _ principal: Principal?) throws(WebError) {
        guard var request = exchange?.request else { return }
        request.principal = principal
        if route.access == .signedIn, principal == nil { throw .unauthorized }
        switch route.action {
        case .answer, .receive: try application.requestGuard.check(request)
        case .upgrade: try application.requestGuard.checkUpgrade(request)
        }
        exchange?.request.principal = principal
        if case .receive(let opener) = route.action {
            let number = number
            return context.loop.run { await self.open(number, opener, request) }
        }
        exchange?.clearance = .granted
        sendContinue()
    }

    /// Tells a client that waits with its body to send it.
    private func sendContinue() {
        guard exchange?.waitsForContinue == true else { return }
        exchange?.hasSentContinue = true
        var bytes: [UInt8] = []
        ResponseWriter.writeContinue(into: &bytes)
        stream.send(bytes)
    }

    // MARK: Bodies that are handed on

    /// Makes the receiver of the body, and reads on.
    private func open(_ number: Int, _ opener: Route.Opener, _ request: WebRequest) async {
        let made: Result<any BodyReceiver, any Error>
        do {
            made = .success(try await opener(request, context))
        } catch {
            made = .failure(error)
        }
        guard number == self.number, stage == .holding else {
            if case .success(let receiver) = made { receiver.abandon() }
            return
        }
        switch made {
        case .success(let receiver):
            exchange?.receiver = receiver
            exchange?.clearance = .granted
            receiver.whenReady = { [weak self] in self?.receiverIsReady(number) }
            sendContinue()
        case .failure(let error): settle(refusal(error, id: request.id))
        }
        resumeBody()
    }

    private func receiverIsReady(_ number: Int) {
        guard number == self.number, let receiver = exchange?.receiver, exchange?.isWhole == false else {
            return
        }
        if receiver.refusal != nil {
            refuseBody()
            return resumeBody()
        }
        if !receiver.isBehind { resumeBody() }
    }

    /// The receiver has no use for the rest.
    func refuseBody() {
        guard let error = exchange?.receiver?.refusal, let id = exchange?.request.id else { return }
        dropReceiver()
        settle(refusal(error, id: id))
    }

    /// Lets go of a receiver that has not got everything.
    func dropReceiver() {
        guard let receiver = exchange?.receiver, exchange?.isWhole == false else { return }
        exchange?.receiver = nil
        receiver.whenReady = nil
        receiver.abandon()
    }

    /// The request gets this answer without its handler: when its short body has been read, or at once and as the
    /// connection's last.
    private func settle(_ response: WebResponse) {
        guard let exchange else { return }
        if exchange.isWhole || exchange.isWorthReading {
            self.exchange?.clearance = .settled(response)
        } else {
            answer(response, closing: true)
        }
    }

    /// The bytes are no HTTP that is understood here: whatever follows them cannot be trusted.
    func refuse(_ error: HTTPError) {
        application.meters.refused.with(error.code).add()
        let id = exchange?.request.id ?? RequestID.make()
        answer(refusal(WebError(error), id: id), closing: true)
    }

    // MARK: Handling

    /// The whole request has come.
    func completeBody() {
        exchange?.isWhole = true
        exchange?.request.receivedAt = WallClock.milliseconds
        goOn()
    }

    /// Goes on with a request that is whole, if it is also decided upon.
    private func goOn() {
        guard stage == .collecting, let exchange else { return }
        switch exchange.clearance {
        case .pending: break
        case .settled(let response): answer(response)
        case .granted:
            guard let route = exchange.route else { return }
            stage = .answering
            if let echo = route.recall?(exchange.request, context), let kept = echo() {
                remember(echo, exchange)
                return answer(kept, exchange.head, id: exchange.request.id) { self.note($0, bytes: $1) }
            }
            let number = number
            context.loop.run { await self.handle(number, route, exchange.request) }
        }
    }

    private func handle(_ number: Int, _ route: Route, _ request: WebRequest) async {
        do {
            switch route.action {
            case .answer(let handler):
                let response = try await handler(request, context)
                guard isCurrent(number) else { return }
                answer(response)
            case .receive:
                guard let receiver = exchange?.receiver else { return abort() }
                receiver.whenReady = nil
                let response = try await receiver.finish(request)
                guard isCurrent(number) else { return }
                answer(response)
            case .upgrade(let acceptor, let limits):
                let acceptance = try await acceptor(request, context)
                guard isCurrent(number) else { return }
                upgrade(acceptance, limits)
            }
        } catch {
            guard isCurrent(number) else { return }
            answer(refusal(error, id: request.id))
        }
        advance()
    }

    private func isCurrent(_ number: Int) -> Bool { number == self.number && stage == .answering }

    /// The answer to an error, which is counted by its code; its cause goes to the log.
    func refusal(_ error: any Error, id: String) -> WebResponse {
        let told = mapped(error)
        application.meters.refusals.with(told.code).add()
        return ErrorAnswers.response(told, id: id)
    }

    private func mapped(_ error: any Error) -> WebError {
        let (told, cause) = ErrorAnswers.judged(error)
        if let cause {
            context.logger.error(
                "a request failed",
                metadata: [
                    "request_id": "\(exchange?.request.id ?? "-")", "route": "\(exchange?.routeName ?? "-")",
                    "status": "\(told.status.code)", "cause": "\(cause)", "institution": "\(institutionName)",
                ])
        }
        return told
    }

    /// The institution of whoever asks, as log lines name it.
    var institutionName: String { exchange?.request.principal.map { "\($0.institution)" } ?? "-" }
}
