package import HTTPTypes
import WebSocket

/// Keeps other sites from using a browser's cookie: cross-site request forgery and cross-site WebSockets.
///
/// A pure decision; made once, shared by all loops.
package struct RequestGuard: Sendable {
    private let origins: OriginRule

    /// Makes a guard.
    ///
    /// - Parameter allowedOrigins: Origins besides the server's own, as `https://school.example`, in lower case.
    package init(allowedOrigins: Set<String> = []) {
        origins = .sameHost(orAnyOf: allowedOrigins)
    }

    /// Whether the method only reads (RFC 9110 §9.2.1).
    static func isSafe(_ method: HTTPRequest.Method) -> Bool {
        method == .get || method == .head || method == .options || method == .trace
    }

    /// Refuses an unsafe request that another site may have made the browser send.
    ///
    /// A bearer token is never sent by itself and needs no protection. Without a user the origin is still looked at,
    /// so that nobody is signed in by another site.
    package func check(_ request: WebRequest) throws(WebError) {
        guard !RequestGuard.isSafe(request.method) else { return }
        switch request.principal?.credential {
        case .bearer: return
        case .cookie(_, let csrf):
            try checkOrigin(request)
            guard let sent = request.headers[.csrfToken], RequestGuard.equal(sent, csrf), !csrf.isEmpty else {
                throw RequestGuard.csrf("The X-CSRF-Token header is missing or wrong.")
            }
        case nil: try checkOrigin(request)
        }
    }

    /// Refuses a handshake that another site's page may have made: the origin, when there is one, must be known, and a
    /// browser's cookie counts with an origin only.
    package func checkUpgrade(_ request: WebRequest) throws(WebError) {
        let origins = request.headers[values: .origin]
        if origins.isEmpty, case .cookie = request.principal?.credential {
            throw RequestGuard.foreignOrigin
        }
        guard origins.allSatisfy({ allows($0, request) }), origins.count <= 1 else {
            throw RequestGuard.foreignOrigin
        }
    }

    private func checkOrigin(_ request: WebRequest) throws(WebError) {
        let sent = request.headers[values: .origin]
        guard sent.count <= 1, sent.allSatisfy({ allows($0, request) }) else {
            throw RequestGuard.csrf("The request comes from another site.")
        }
        // An origin that was listed on purpose is another site to the browser, and rightly so.
        guard sent.isEmpty, let site = request.headers[.secFetchSite] else { return }
        guard site == "same-origin" || site == "none" else {
            throw RequestGuard.csrf("The request comes from another site.")
        }
    }

    private func allows(_ origin: String, _ request: WebRequest) -> Bool {
        origins.allows(origin, host: request.authority)
    }

    private static func csrf(_ message: String) -> WebError {
        WebError(.forbidden, code: "csrf", message: message)
    }

    private static var foreignOrigin: WebError {
        WebError(.forbidden, code: "foreign_origin", message: "This origin may not connect.")
    }

    /// Compares in a time that depends on the lengths alone.
    static func equal(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        var difference: UInt8 = 0
        for (first, second) in zip(left.utf8, right.utf8) { difference |= first ^ second }
        return difference == 0
    }
}

extension HTTPField.Name {
    /// The header in which scripts of our pages repeat the session's token.
    package static let csrfToken = HTTPField.Name.known("X-CSRF-Token")
    static let secFetchSite = HTTPField.Name.known("Sec-Fetch-Site")
    static let requestID = HTTPField.Name.known("X-Request-Id")
    static let forwardedFor = HTTPField.Name.known("X-Forwarded-For")
    static let forwardedHost = HTTPField.Name.known("X-Forwarded-Host")
    static let forwardedProto = HTTPField.Name.known("X-Forwarded-Proto")

    /// A field name that is a constant of the program.
    static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no field name") }
        return name
    }
}
