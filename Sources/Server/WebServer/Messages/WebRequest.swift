import HTTP
package import HTTPTypes
import JSON

/// A request as handlers see it: routed, authenticated, its body read.
///
/// A value; any isolation may hold it.
package struct WebRequest: Sendable {
    /// A name and a value of the query or of a form, percent-decoded, in the order they were sent.
    package struct Item: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The method; `HEAD` arrives as `GET` where the route is one.
    package var method: HTTPRequest.Method
    /// The path as sent, without the query.
    package var path: String
    /// The pattern's named segments, percent-decoded; the star's rest under `*`.
    package var parameters: [String: String] = [:]
    /// The query's items.
    package var query: [Item] = []
    /// The header fields.
    package var headers: HTTPFields = [:]
    /// The whole body.
    package var body: [UInt8] = []
    /// Names the request in logs and error answers; the client's `X-Request-Id` when it is a harmless token.
    package var id: String
    /// When the body had been read, in milliseconds since 1970.
    package var receivedAt: Int64 = 0
    /// Who is signed in.
    package var principal: Principal?
    /// The client's address, without the port; behind a configured proxy, what the proxy says.
    package var remote: String = ""
    /// Whether the client speaks https (to us or to a configured proxy).
    package var isSecure = false
    /// The host and port that the client asked, as in `Host`.
    package var authority: String = ""

    /// Describes a request; tests of handlers use it too.
    package init(method: HTTPRequest.Method = .get, path: String = "/", id: String = "-") {
        self.method = method
        self.path = path
        self.id = id
    }
}

extension WebRequest {
    /// Who is signed in.
    ///
    /// - Throws: ``WebError/unauthorized`` when nobody is; never on routes for `signedIn`.
    package func signedIn() throws(WebError) -> Principal {
        guard let principal else { throw .unauthorized }
        return principal
    }

    /// A named segment that is an id (1 … 2^53 − 1).
    ///
    /// - Throws: ``WebError/notFound``: what is no id is nobody's id.
    package func id(_ name: String) throws(WebError) -> Int64 {
        guard let text = parameters[name], let first = text.utf8.first, first != UInt8(ascii: "+"),
            let value = Int64(text), value > 0, value <= JSONFields.largestID
        else { throw .notFound }
        return value
    }

    /// The first value of a query item.
    package func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// All values of a query item, as of `include[]`.
    package func queryValues(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

    /// The value of the cookie of that name; the first one, when several were sent.
    package func cookie(_ name: String) -> String? { Cookies(headers)[name] }

    /// The token of `Authorization: Bearer …`.
    package var bearerToken: String? {
        guard let field = headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}
