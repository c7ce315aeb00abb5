package import HTTP
package import HTTPTypes
package import JSON

/// An answer: status, header fields, body.
///
/// A value; security headers and length are added when it is sent.
package struct WebResponse: Sendable {
    /// What follows the header.
    package enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// A part of a file, read piece by piece while the client takes it.
        case file(path: String, range: Range<Int>)
    }

    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: Body
    /// The type of what it is about, where no `Content-Type` says it: a 304 has none, but its security headers replace
    /// those of the stored answer.
    package var mediaType: String?
    /// Whether a route that keeps its answers may keep this one; not where it depends on more than the catalogue, as on how
    /// far somebody is in a module.
    package var isKeepable = true

    /// Makes an answer as it is.
    package init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer without a body.
    package static var noContent: WebResponse { WebResponse(status: .noContent) }

    /// A JSON answer from text that is known to be JSON.
    package static func json(_ value: RawJSON, status: HTTPResponse.Status = .ok) -> WebResponse {
        WebResponse(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: .bytes(value.bytes))
    }

    /// A JSON answer from a value.
    package static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> WebResponse {
        json(RawJSON(value), status: status)
    }

    /// A JSON answer that `body` writes.
    package static func json(
        status: HTTPResponse.Status = .ok, _ body: (inout JSONWriter) -> Void
    ) -> WebResponse {
        json(RawJSON(body), status: status)
    }

    /// A plain text answer.
    package static func text(
        _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> WebResponse {
        WebResponse(status: status, headers: [.contentType: type], body: .bytes(Array(text.utf8)))
    }

    /// Sends the client elsewhere; `location` is a path of ours or a whole URL.
    package static func redirect(to location: String, status: HTTPResponse.Status = .seeOther) -> WebResponse
    {
        WebResponse(status: status, headers: [.location: location])
    }

    /// Adds a cookie.
    ///
    /// - Throws: `ResponseError.invalidCookie` for what no browser would take.
    package mutating func set(_ cookie: SetCookie) throws(ResponseError) {
        headers.append(try cookie.field())
    }
}
