package import HTTPTypes
package import JSON

/// An answer that says no: a status, a code that programs read, sentences that people read.
///
/// Everything in it reaches the client; causes belong in the log.
package struct WebError: Error, Sendable, Hashable {
    /// One complaint; `field` names what it is about.
    package struct Item: Sendable, Hashable {
        package let message: String
        package let field: String?

        package init(_ message: String, field: String? = nil) {
            self.message = message
            self.field = field
        }
    }

    package let status: HTTPResponse.Status
    /// The published code, such as `not_found`, `invalid` or `csrf`.
    package let code: String
    /// At least one complaint.
    package let items: [Item]
    /// Seconds until it is worth trying again.
    package var retryAfter: Int?
    /// Further header fields, as `Allow`.
    package var headers: HTTPFields = [:]

    /// Makes an error with one complaint.
    package init(
        _ status: HTTPResponse.Status, code: String, message: String, field: String? = nil,
        retryAfter: Int? = nil
    ) {
        self.init(status, code: code, items: [Item(message, field: field)], retryAfter: retryAfter)
    }

    /// Makes an error with several complaints.
    package init(_ status: HTTPResponse.Status, code: String, items: [Item], retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.items = items
        self.retryAfter = retryAfter
    }
}

extension WebError {
    /// The one answer to whatever is not there or not the user's to know of.
    package static var notFound: WebError {
        WebError(.notFound, code: "not_found", message: "There is no such resource.")
    }

    /// Nobody is signed in.
    package static var unauthorized: WebError {
        WebError(.unauthorized, code: "unauthorized", message: "Sign in first.")
    }

    /// A bearer token was sent that is not good (RFC 6750 §3.1).
    package static var badToken: WebError {
        var error = WebError(.unauthorized, code: "invalid_token", message: "The token is not valid.")
        error.headers[.wwwAuthenticate] = "Bearer error=\"invalid_token\""
        return error
    }

    /// The user is known and may not.
    package static var forbidden: WebError { forbidden("You may not do this.") }

    package static func forbidden(_ message: String, code: String = "forbidden") -> WebError {
        WebError(.forbidden, code: code, message: message)
    }

    package static func badRequest(
        _ message: String, code: String = "bad_request", field: String? = nil
    ) -> WebError {
        WebError(.badRequest, code: code, message: message, field: field)
    }

    /// A field is missing or wrong, or the request cannot be done as it stands: 400, as Canvas's clients expect it.
    package static func invalid(_ message: String, field: String? = nil, code: String = "invalid") -> WebError
    {
        WebError(.badRequest, code: code, message: message, field: field)
    }

    package static func conflict(_ message: String, code: String = "conflict") -> WebError {
        WebError(.conflict, code: code, message: message)
    }

    /// What every throttle answers: in whole seconds, at least one, and never too early.
    package static func tooManyRequests(
        after wait: Duration, code: String = "throttled",
        message: String = "Too many requests: try again later."
    ) -> WebError {
        let (seconds, rest) = wait.components
        let whole = max(1, Int(seconds) + (rest > 0 ? 1 : 0))
        return WebError(.tooManyRequests, code: code, message: message, retryAfter: whole)
    }

    package static func unavailable(retryAfter: Int = 1) -> WebError {
        WebError(
            .serviceUnavailable, code: "unavailable", message: "The service is busy: try again in a moment.",
            retryAfter: retryAfter)
    }

    /// A field that is missing or wrong.
    package init(_ error: FieldError) {
        self.init(
            .badRequest, code: "invalid", message: error.message,
            field: error.field.isEmpty ? nil : error.field)
    }
}
