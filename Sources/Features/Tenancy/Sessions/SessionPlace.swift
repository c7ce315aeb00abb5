import HTTPTypes
package import WebServer

/// Where and how a session was opened.
package struct SessionPlace: Hashable, Sendable {
    /// How its user has shown who they are.
    package enum Method: String, Hashable, Sendable {
        /// By login and password: good where the password is the very same one.
        case password
        /// By a provider that one institution trusts: good for no other one.
        case oidc
    }

    /// A browser's name of a closed list; `nil` for one that is not known.
    package let browser: String?
    /// The client's address.
    package let address: String?
    /// How.
    package let method: Method

    /// Nowhere in particular: sessions of tests and commands.
    package static let unknown = SessionPlace(browser: nil, address: nil, method: .password)

    private init(browser: String?, address: String?, method: Method) {
        self.browser = browser
        self.address = address
        self.method = method
    }

    /// Where a request comes from.
    package init(_ request: WebRequest, method: Method = .password) {
        self.init(
            browser: BrowserName.of(request.headers[.userAgent]),
            address: request.remote.isEmpty ? nil : String(request.remote.prefix(64)), method: method)
    }
}
