import EventLoop
import HTTP
import HTTPTypes
import Postgres
import Synchronization
import WebServer

/// What one request is charged with, from its beginning to its end.
struct RequestCharge {
    private let key: RequestBudget.Key
    private let shared: RequestBudget.Key
    private let services: TenancyServices
    private let context: WebContext
    private let line: RequestLine
    private let user: RequestTurns.User
    private let began: ContinuousClock.Instant

    /// Ways that cost nothing: an answer is small, has bounds of its own where it is recorded, and must never be turned away
    /// because its sender tries too often on a bad network.
    static let free: Set<String> = ["POST /api/v1/live_classes/:live_class_id/quiz_runs/:id/answers"]

    /// Charges a request of a user, and waits for its turn; `nil` for one of nobody.
    ///
    /// - Throws: 429 when the credential has asked for too much, or too many of the user's requests are before it.
    static func begin(_ request: WebRequest, _ context: WebContext) async throws(WebError) -> RequestCharge? {
        guard let principal = request.principal, let services = context.find(TenancyServices.self) else {
            return nil
        }
        let (key, shared) = keys(of: principal)
        let now = context.loop.now
        if let wait = services.sharedBudget.withLock({ $0.begin(shared, at: now) }) {
            throw .tooManyRequests(after: wait, code: "institution_throttled")
        }
        if let wait = services.budget.withLock({ $0.begin(key, at: now) }) {
            _ = services.sharedBudget.withLock { $0.end(shared, cost: 0, at: now) }
            throw refusal(after: wait, left: 0)
        }
        let line = context.service(RequestLine.self)
        let user = RequestTurns.User(institution: principal.institution.rawValue, user: principal.user)
        guard await line.enter(user) else {
            let now = context.loop.now
            _ = services.sharedBudget.withLock { $0.end(shared, cost: 0, at: now) }
            let left = services.budget.withLock { $0.end(key, cost: 0, at: now) }
            throw refusal(after: pause, left: left)
        }
        // What it waited for its own user's other requests is not charged: those are.
        return RequestCharge(
            key: key, shared: shared, services: services, context: context, line: line, user: user,
            began: context.loop.now)
    }

    /// When it is worth coming again for a user of whom too many are in line.
    private static let pause = Duration.seconds(5)

    private static func refusal(after wait: Duration, left: Double) -> WebError {
        // Older clients look for these words.
        var error = WebError.tooManyRequests(
            after: wait,
            message: "Rate Limit Exceeded: too much at once with one token or session; try again later.")
        error.headers[.rateLimitRemaining] = text(left, decimals: 1)
        return error
    }

    /// The buckets of a caller, and of everybody in the institution.
    fileprivate static func keys(of principal: Principal) -> (
        own: RequestBudget.Key, shared: RequestBudget.Key
    ) {
        let institution = principal.institution.rawValue
        let own =
            switch principal.credential {
            case .cookie(let session, _):
                RequestBudget.Key(institution: institution, isToken: false, credential: session)
            case .bearer(let token):
                RequestBudget.Key(institution: institution, isToken: true, credential: token)
            }
        return (own, RequestBudget.Key(institution: institution, isToken: false, credential: 0))
    }

    /// Charges what it took, says so, and lets the user's next one go on; once.
    func end(_ headers: inout HTTPFields) {
        line.leave(user)
        let now = context.loop.now
        let seconds = (now - began) / .seconds(1)
        _ = services.sharedBudget.withLock { $0.end(shared, cost: seconds, at: now) }
        let left = services.budget.withLock { $0.end(key, cost: seconds, at: now) }
        headers[.requestCost] = Self.text(seconds, decimals: 6)
        headers[.rateLimitRemaining] = Self.text(left, decimals: 1)
    }

    /// A number with so many decimals, which needs no locale.
    static func text(_ value: Double, decimals: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((value * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}

/// Charges a caller for requests that are answered at once.
struct PromptCharge {
    private let keys: (own: RequestBudget.Key, shared: RequestBudget.Key)
    private let services: TenancyServices

    /// Of a request's caller.
    init(_ principal: Principal, _ services: TenancyServices) {
        keys = RequestCharge.keys(of: principal)
        self.services = services
    }

    /// Charges one, and gives the lines that say so; `nil` when it may not be made, which the handler explains.
    func pay(from began: ContinuousClock.Instant, to now: ContinuousClock.Instant) -> EncodedFields? {
        let taken = (now - began).components
        let seconds = Double(taken.seconds) + Double(taken.attoseconds) / 1e18
        guard let left = services.budget.withLock({ $0.pay(keys.own, cost: seconds, at: now) }),
            services.sharedBudget.withLock({ $0.pay(keys.shared, cost: seconds, at: now) }) != nil
        else { return nil }
        var lines: [UInt8] = []
        lines.reserveCapacity(80)
        lines.append(contentsOf: "X-Request-Cost: ".utf8)
        Self.append(seconds, decimals: 6, to: &lines)
        lines.append(contentsOf: "\r\nX-Rate-Limit-Remaining: ".utf8)
        Self.append(left, decimals: 1, to: &lines)
        lines.append(contentsOf: "\r\n".utf8)
        return EncodedFields(ownLines: lines)
    }

    /// Writes what ``RequestCharge/text(_:decimals:)`` gives.
    static func append(_ value: Double, decimals: Int, to bytes: inout [UInt8]) {
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((value * Double(scale)).rounded())
        append(scaled / scale, width: 1, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        append(scaled % scale, width: decimals, to: &bytes)
    }

    private static func append(_ number: Int64, width: Int, to bytes: inout [UInt8]) {
        var (divisor, digits): (Int64, Int) = (1, 1)
        while number / divisor >= 10 || digits < width {
            divisor *= 10
            digits += 1
        }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}

extension HTTPField.Name {
    static let requestCost = HTTPField.Name("X-Request-Cost") ?? .server
    static let rateLimitRemaining = HTTPField.Name("X-Rate-Limit-Remaining") ?? .server
}
