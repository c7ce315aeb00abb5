import HTTP
package import WebServer

/// The cookie that carries a session's secret.
package enum SessionCookie {
    /// The cookie's name.
    package static let name = "cohort_session"

    /// The secret that a request's cookie carries; `nil` without a cookie or with one that was never ours.
    package static func secret(of request: WebRequest) -> BearerSecret? {
        request.cookie(name).flatMap { BearerSecret($0) }
    }

    /// Gives the browser a secret for 30 days; over https it stays on https.
    static func carrying(_ secret: BearerSecret, isSecure: Bool) -> SetCookie {
        SetCookie(name: name, value: secret.text, maxAge: SessionStore.lifetimeSeconds, isSecure: isSecure)
    }

    /// Takes the secret back.
    static func removal(isSecure: Bool) -> SetCookie {
        SetCookie(name: name, value: "", maxAge: 0, isSecure: isSecure)
    }
}
