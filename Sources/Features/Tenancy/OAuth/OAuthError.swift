import HTTPTypes
import JSON
import WebServer

/// An error of RFC 6749, as apps get it: behind a redirect (§4.1.2.1) or from the token endpoint (§5.2).
struct OAuthError: Error, Equatable, Sendable {
    /// The standard's word.
    let code: String
    /// A sentence for whoever writes the app.
    let description: String
    var status: HTTPResponse.Status = .badRequest

    static func invalidRequest(_ description: String) -> OAuthError {
        OAuthError(code: "invalid_request", description: description)
    }
    static func invalidScope(_ description: String) -> OAuthError {
        OAuthError(code: "invalid_scope", description: description)
    }
    /// The one answer to codes and refresh tokens that are good for nothing, whatever the reason.
    static let invalidGrant = OAuthError(
        code: "invalid_grant",
        description: "The code or refresh token is not valid, has ended, or is another app's.")
    static let invalidClient = OAuthError(
        code: "invalid_client",
        description: "The app is unknown, switched off, or did not show that it is itself.",
        status: .unauthorized)
    static let accessDenied = OAuthError(code: "access_denied", description: "The user said no.")
    static let unsupportedResponseType = OAuthError(
        code: "unsupported_response_type", description: "The response_type must be code.")
    static let unsupportedGrantType = OAuthError(
        code: "unsupported_grant_type",
        description: "The grant_type must be authorization_code or refresh_token.")
    /// OpenID Connect Core 1.0 §3.1.2.6, for `prompt=none`.
    static let loginRequired = OAuthError(
        code: "login_required", description: "Nobody is signed in to the app's institution.")
    static let interactionRequired = OAuthError(
        code: "interaction_required", description: "The user has to be asked.")

    /// The token endpoint's answer.
    ///
    /// - Parameter isBasic: Whether the app used the `Authorization` header, and is told so (§5.2).
    /// - Returns: The answer, which nobody may keep.
    func response(isBasic: Bool = false) -> WebResponse {
        var response = WebResponse.json(status: status) { json in
            json.object { json in
                json.member("error", code)
                json.member("error_description", description)
            }
        }
        response.headers[.cacheControl] = "no-store"
        if status == .unauthorized, isBasic {
            response.headers[.wwwAuthenticate] = "Basic realm=\"Cohort\""
        }
        return response
    }
}
