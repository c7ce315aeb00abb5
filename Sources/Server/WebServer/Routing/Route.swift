package import HTTPTypes

/// One way in: a method, a pattern, who may call it, and what answers.
///
/// A pattern is a path whose segments are literal (`/api/v1/courses`), named (`/:id`) or, at the end, a star that
/// takes all the rest. Literal segments go before named ones, named ones before the star.
package struct Route: Sendable {
    /// Answers a request; runs on the loop that the connection belongs to.
    ///
    /// What it throws is answered by the table of `ErrorAnswers`. It runs to its end even when the client goes away:
    /// what was begun is done whole, and only the answer is dropped.
    package typealias Handler = @Sendable (WebRequest, WebContext) async throws -> WebResponse

    /// Decides on a WebSocket handshake, after origin and credentials were checked; runs on the loop.
    package typealias Acceptor = @Sendable (WebRequest, WebContext) async throws -> WebSocketAcceptance

    /// Makes the receiver of a body that is taken piece by piece, before any of it is read; runs on the loop.
    package typealias Opener = @Sendable (WebRequest, WebContext) async throws -> any BodyReceiver

    /// Answers one request at once, now and whenever it comes again in the same words from the same caller.
    ///
    /// Called on the loop; `nil` leaves it to the handler.
    package typealias Echo = () -> KeptAnswer?

    /// Whether a request may be answered without waiting: what does it, for as long as the caller is who they are; `nil`
    /// leaves it to the handler.
    package typealias Recall = @Sendable (WebRequest, WebContext) -> Echo?

    /// What a route does with a request.
    package enum Action: Sendable {
        case answer(Handler)
        case receive(Opener)
        case upgrade(Acceptor, WebSocketLimits)
    }

    /// The largest body unless a route says otherwise: 1 MiB.
    package static let usualBodyLimit = 1 << 20

    package let method: HTTPRequest.Method
    /// The pattern as written; also the route's name in logs and metrics.
    package let pattern: String
    package let access: Access
    /// The largest body in bytes; more is answered with 413.
    package let bodyLimit: Int
    package let action: Action
    /// Asked before the handler; `nil` for a route that remembers nothing.
    package var recall: Recall?

    /// Makes a route that answers requests.
    ///
    /// `GET` routes answer `HEAD` too.
    package init(
        _ method: HTTPRequest.Method, _ pattern: String, access: Access, bodyLimit: Int = usualBodyLimit,
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.access = access
        self.bodyLimit = bodyLimit
        action = .answer(handler)
    }

    private init(
        receiving method: HTTPRequest.Method, _ pattern: String, access: Access, bodyLimit: Int,
        action: Action
    ) {
        self.method = method
        self.pattern = pattern
        self.access = access
        self.bodyLimit = bodyLimit
        self.action = action
    }

    /// Makes a route whose body is not collected but handed on as it comes.
    package static func receiving(
        _ method: HTTPRequest.Method, _ pattern: String, access: Access, bodyLimit: Int,
        _ opener: @escaping Opener
    ) -> Route {
        Route(receiving: method, pattern, access: access, bodyLimit: bodyLimit, action: .receive(opener))
    }

    private init(webSocket pattern: String, access: Access, action: Action) {
        method = .get
        self.pattern = pattern
        self.access = access
        bodyLimit = 0
        self.action = action
    }

    /// Makes a route that opens WebSockets; a plain `GET` of it gets 426.
    package static func webSocket(
        _ pattern: String, access: Access, limits: WebSocketLimits = WebSocketLimits(),
        _ acceptor: @escaping Acceptor
    ) -> Route {
        Route(webSocket: pattern, access: access, action: .upgrade(acceptor, limits))
    }
}
