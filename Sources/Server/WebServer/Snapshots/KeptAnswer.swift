import HTTP
package import HTTPTypes

/// An answer whose every byte is ready, but for what each one bears of its own.
package struct KeptAnswer: Sendable {
    /// 200, or 304 and 412, which have no body.
    package let status: HTTPResponse.Status
    /// All lines that are always the same, the security headers among them.
    let fields: EncodedFields
    /// Lines of this answer alone.
    let own: EncodedFields
    /// The body.
    package let body: [UInt8]

    /// Puts an answer together; `own` are lines such as what the request has cost.
    init(status: HTTPResponse.Status = .ok, fields: EncodedFields, own: EncodedFields, body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.own = own
        self.body = body
    }
}
