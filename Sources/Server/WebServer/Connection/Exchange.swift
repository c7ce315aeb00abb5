import HTTP
import HTTPTypes

/// One request on its way through a connection, from its head to its answer.
struct Exchange {
    /// Whether the request may be answered by its route.
    enum Clearance {
        /// It is being found out.
        case pending
        case granted
        /// It gets this answer instead.
        case settled(WebResponse)
    }

    let head: RequestHead
    var request: WebRequest
    /// The route that was found; `nil` for none.
    var route: Route?
    var clearance = Clearance.pending
    /// Who asks, where that was known without asking.
    var caller: KnownCaller?
    /// Who takes the body instead of the request.
    var receiver: (any BodyReceiver)?
    /// Whether the whole body has come.
    var isWhole = false
    /// Whether any byte of the body has come.
    var hasBodyBytes = false
    var hasSentContinue = false
    let began: ContinuousClock.Instant

    init(_ head: RequestHead, _ request: WebRequest, at now: ContinuousClock.Instant) {
        self.head = head
        self.request = request
        began = now
    }

    /// Whether the client waits to be told to send its body.
    var waitsForContinue: Bool {
        head.expectsContinue && head.version == .http11 && !hasSentContinue && !hasBodyBytes && !isWhole
    }

    /// A body that is refused but so short that reading it is cheaper than a new connection.
    var isWorthReading: Bool {
        switch head.framing {
        case .none: true
        case .length(let count): count == 0 || (count <= 65_536 && !head.expectsContinue)
        case .chunked: false
        }
    }

    /// The route's name in logs and metrics.
    var routeName: String { route?.pattern ?? "none" }
}
