package import HTTP
package import HTTPTypes

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
    private let whole: EncodedFields
    private let bare: EncodedFields

    private static let security = SecurityHeaders()

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
        var withoutType = fields
        withoutType[.contentType] = nil
        let common = Snapshot.security.fields(for: response)
        guard let whole = try? EncodedFields(fields), let bare = try? EncodedFields(withoutType) else {
            return nil
        }
        (self.whole, self.bare) = (common + whole, common + bare)
    }

    /// The same as ``answer(_:)`` gives, ready to be sent.
    ///
    /// - Parameters:
    ///   - headers: The request's fields where it has conditions; `nil` where it has none.
    ///   - own: Lines of this answer alone.
    /// - Returns: The answer.
    package func keptAnswer(_ headers: HTTPFields?, own: EncodedFields) -> KeptAnswer {
        switch headers.map({ Preconditions(entityTag: tag).evaluate($0, method: .get) }) ?? .proceed {
        case .proceed: KeptAnswer(fields: whole, own: own, body: bytes)
        case .notModified: KeptAnswer(status: .notModified, fields: bare, own: own)
        case .failed: KeptAnswer(status: .preconditionFailed, fields: bare, own: own)
        }
    }

    /// Answers a `GET` or `HEAD` with it: 304 where the client has the same (RFC 9110 §13).
    package func answer(_ request: WebRequest) -> WebResponse {
        switch Preconditions(entityTag: tag).evaluate(request.headers, method: request.method) {
        case .proceed: return WebResponse(headers: fields, body: .bytes(bytes))
        case .notModified: return withoutBody(.notModified)
        case .failed: return withoutBody(.preconditionFailed)
        }
    }

    private func withoutBody(_ status: HTTPResponse.Status) -> WebResponse {
        var response = WebResponse(status: status, headers: fields)
        response.mediaType = fields[.contentType]
        response.headers[.contentType] = nil
        return response
    }
}
