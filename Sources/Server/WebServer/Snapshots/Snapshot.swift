package import HTTP
import HTTPTypes

/// An answer that is kept: its encoded body, its entity tag, and the fields that go with it.
package struct Snapshot: Sendable {
    /// Larger answers are not kept.
    static let largest = 1 << 20

    /// What a client may do with an answer: keep it for itself, ask each time whether it still holds, and show it for a
    /// second while it asks (RFC 9111 §5.2, RFC 5861 §3).
    static let cacheControl = "private, max-age=0, stale-while-revalidate=1"
    /// What an answer depends on besides its URL.
    static let vary = "Accept, Authorization, Cookie"

    /// The body.
    package let bytes: [UInt8]
    /// A hash of the body.
    package let tag: EntityTag
    private let fields: HTTPFields

    /// Takes an answer; `nil` for one that is not to be kept: anything but a whole 200, one that is too large, and one
    /// whose handler has said that it holds for this moment only.
    package init?(_ response: WebResponse) {
        guard response.status == .ok, response.isKeepable, case .bytes(let bytes) = response.body,
            bytes.count <= Snapshot.largest, response.headers[.setCookie] == nil
        else { return nil }
        self.bytes = bytes
        tag = EntityTag(ContentDigest.text(of: bytes))
        var fields = response.headers
        fields[.eTag] = tag.text
        fields[.cacheControl] = Snapshot.cacheControl
        fields[.vary] = Snapshot.vary
        self.fields = fields
    }

    /// Answers a `GET` or `HEAD` with it: 304 where the client has the same (RFC 9110 §13).
    package func answer(_ request: WebRequest) -> WebResponse {
        switch Preconditions(entityTag: tag).evaluate(request.headers, method: request.method) {
        case .proceed: return WebResponse(headers: fields, body: .bytes(bytes))
        case .notModified: return bare(.notModified)
        case .failed: return bare(.preconditionFailed)
        }
    }

    private func bare(_ status: HTTPResponse.Status) -> WebResponse {
        var response = WebResponse(status: status, headers: fields)
        response.mediaType = fields[.contentType]
        response.headers[.contentType] = nil
        return response
    }
}
