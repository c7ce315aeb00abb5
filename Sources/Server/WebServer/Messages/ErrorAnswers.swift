import HTTP
import HTTPTypes
import JSON
import Postgres

/// The one table from errors to answers: whatever a handler throws comes through here.
package enum ErrorAnswers {
    /// What the client is told of an error, and what the log is to say of its cause; `nil` where the answer says
    /// everything.
    package static func judged(_ error: any Error) -> (WebError, cause: String?) {
        switch error {
        case let error as WebError: (error, nil)
        case let error as FieldError: (WebError(error), nil)
        case let error as HTTPError: (WebError(error), nil)
        case let error as JSONError: (.badRequest(error.message, code: "malformed_json"), nil)
        case let error as PostgresError: (isPassing(error) ? .unavailable() : failure, "\(error)")
        case is CancellationError: (.unavailable(), "cancelled")
        default: (failure, "\(error)")
        }
    }

    /// Whether the database will work again by itself: then 503, and the client may come again.
    private static func isPassing(_ error: PostgresError) -> Bool {
        switch error {
        case .unavailable, .connectionLost, .timeout, .cancelled: return true
        case .server(let error):
            // Connection and resource trouble, an administrator's intervention, and what a new try would solve.
            if ["08", "53", "57"].contains(error.state.errorClass) { return true }
            return error.state == .serializationFailure || error.state == .deadlockDetected
                || error.state == .lockNotAvailable
        case .decoding, .encoding, .configuration: return false
        }
    }

    private static var failure: WebError {
        WebError(.internalServerError, code: "internal", message: "Something went wrong on our side.")
    }

    /// The body that all errors share: `{"errors":[{"message","field"?}],"code","error_report_id"}`.
    static func response(_ error: WebError, id: String) -> WebResponse {
        var response = WebResponse.json(status: error.status) { writer in
            writer.object { writer in
                writer.array("errors", of: error.items) { writer, item in
                    writer.object { writer in
                        writer.member("message", item.message)
                        writer.member("field", item.field)
                    }
                }
                writer.member("code", error.code)
                writer.member("error_report_id", id)
            }
        }
        for field in error.headers { response.headers.append(field) }
        if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }
}
