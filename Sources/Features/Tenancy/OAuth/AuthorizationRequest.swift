/// What an app asks a person for (RFC 6749 §4.1.1, RFC 7636 §4.3), looked at.
struct AuthorizationRequest: Sendable {
    let client: ClientID
    let key: DeveloperKey
    let redirectURI: String
    let state: String?
    /// `nil` for everything, none for who the person is.
    let scopes: [String]?
    let challenge: String?
    /// Which of several devices or installations it is, in the app's words.
    let purpose: String?
    /// Whether the person must not be asked.
    let isSilent: Bool

    /// Why a person is shown a page instead of being sent on: the app cannot be trusted to be itself.
    enum Refusal: String, Error, Sendable {
        case unknownClient = "unknown_client"
        case inactiveClient = "inactive_client"
        case redirectURI = "redirect_uri"
    }

    /// What is to be done with a request.
    enum Verdict: Sendable {
        /// The person is told here; nobody is sent anywhere (§4.1.2.1).
        case refused(Refusal)
        /// The app is told, at this address.
        case returned(location: String)
        case good(AuthorizationRequest)
    }

    private static let longestState = 4000

    /// Looks at a request.
    ///
    /// - Parameters:
    ///   - form: What it says.
    ///   - client: Whom it names; `nil` for nobody.
    ///   - key: The client's key, if there is one.
    /// - Returns: The verdict.
    static func judge(_ form: OAuthForm, _ client: ClientID?, _ key: DeveloperKey?) -> Verdict {
        guard let client, let key, key.state != .deleted else { return .refused(.unknownClient) }
        guard key.state == .active else { return .refused(.inactiveClient) }
        guard let uri = form["redirect_uri"], RedirectURI.isRegistered(uri, among: key.redirectURIs) else {
            return .refused(.redirectURI)
        }
        let state = form["state"].flatMap { $0.utf8.count <= longestState ? $0 : nil }
        do throws(OAuthError) {
            return .good(try AuthorizationRequest(form, client, key, uri, state))
        } catch {
            return .returned(location: location(uri, state, error))
        }
    }

    private init(
        _ form: OAuthForm, _ client: ClientID, _ key: DeveloperKey, _ uri: String, _ state: String?
    ) throws(OAuthError) {
        guard !form.hasRepeated else { throw .invalidRequest("A parameter comes twice.") }
        guard form["state"] == state else { throw .invalidRequest("The state is too long.") }
        guard let type = form["response_type"] else { throw .invalidRequest("The response_type is missing.") }
        guard type == "code" else { throw .unsupportedResponseType }
        challenge = form["code_challenge"]
        if let challenge {
            // The plain method protects nothing that is not protected already.
            guard form["code_challenge_method"] == "S256" else {
                throw .invalidRequest("The code_challenge_method must be S256.")
            }
            guard Base64.decode(challenge, .url)?.count == Digest.length else {
                throw .invalidRequest("The code_challenge is none.")
            }
        } else {
            guard form["code_challenge_method"] == nil else {
                throw .invalidRequest("The code_challenge is missing.")
            }
            guard !key.isPublic else { throw .invalidRequest("A public client needs a code_challenge.") }
        }
        scopes = try OAuthScopes.granted(form["scope"], by: key)
        self.client = client
        self.key = key
        redirectURI = uri
        self.state = state
        purpose = form["purpose"].flatMap { NewUser.isName($0) ? $0 : nil }
        isSilent = form["prompt"] == "none"
    }

    /// Where the person goes with a code.
    func location(code: String) -> String {
        RedirectURI.location(redirectURI, [("code", code)] + Self.items(state))
    }

    /// Where the person goes with an error.
    func location(_ error: OAuthError) -> String { Self.location(redirectURI, state, error) }

    private static func location(_ uri: String, _ state: String?, _ error: OAuthError) -> String {
        RedirectURI.location(
            uri, [("error", error.code), ("error_description", error.description)] + items(state))
    }

    private static func items(_ state: String?) -> [(name: String, value: String)] {
        state.map { [("state", $0)] } ?? []
    }
}
