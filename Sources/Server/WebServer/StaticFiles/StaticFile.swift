import HTTP
import HTTPTypes

/// One file that is served: what it is, and its bytes where they are few.
struct StaticFile: Sendable {
    /// Larger files stay on disk and are sent piece by piece.
    static let memoryLimit = 1 << 20

    /// Where it lies.
    let path: String
    let size: Int
    let type: String
    let tag: EntityTag
    /// In seconds since 1970.
    let lastModified: Int64
    /// Whether the name holds a hash of the content, so that the content never changes.
    let isImmutable: Bool
    /// The bytes; `nil` for large files.
    let content: [UInt8]?
    /// The bytes compressed, where that pays.
    let gzip: [UInt8]?

    /// Answers a `GET` or `HEAD` for it (RFC 9110 §12.5.3, §13, §14).
    func answer(_ request: WebRequest) -> WebResponse {
        let coding = ContentCoding.negotiate(
            request.headers[.acceptEncoding], offered: gzip == nil ? [.identity] : [.gzip, .identity])
        // A range is one of the bytes as they are; a part of a compressed file helps nobody.
        let compressed = coding == .gzip && request.headers[.range] == nil ? gzip : nil
        let tag = compressed == nil ? tag : EntityTag(tag.opaque + "-gz")
        var headers: HTTPFields = [
            .contentType: type,
            .eTag: tag.text,
            .lastModified: HTTPDate.format(lastModified),
            .cacheControl: isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if compressed == nil { headers[.acceptRanges] = "bytes" }
        if gzip != nil { headers[.vary] = "Accept-Encoding" }
        let conditions = Preconditions(entityTag: tag, lastModified: lastModified)
        switch conditions.evaluate(request.headers, method: request.method) {
        case .notModified:
            headers[.contentType] = nil
            var response = WebResponse(status: .notModified, headers: headers)
            response.mediaType = type
            return response
        case .failed: return WebResponse(status: .preconditionFailed, headers: headers)
        case .proceed: break
        }
        if let compressed {
            headers[.contentEncoding] = "gzip"
            return WebResponse(headers: headers, body: .bytes(compressed))
        }
        let asked = conditions.allowsRange(request.headers) ? request.headers[.range] : nil
        switch ByteRanges(asked, size: size) {
        case .parts(let parts) where parts.count == 1:
            headers[.contentRange] = ByteRanges.contentRange(parts[0], size: size)
            return WebResponse(status: .partialContent, headers: headers, body: body(parts[0]))
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            headers[.contentType] = nil
            return WebResponse(status: .rangeNotSatisfiable, headers: headers)
        case .whole, .parts: return WebResponse(headers: headers, body: body(0..<size))
        }
    }

    private func body(_ range: Range<Int>) -> WebResponse.Body {
        guard let content else { return .file(path: path, range: range) }
        return .bytes(range.count == content.count ? content : Array(content[range]))
    }
}
