import HTTP
import HTTPTypes
import Postgres
import WebServer

/// `GET /content/…`: the content behind a signed URL, for browsers and for an edge that keeps it.
enum ContentAnswer {
    /// Nothing in a file may run, load or send anything, even where a browser would show it.
    private static let policy =
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"

    static func answer(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let services = context.service(ContentServices.self)
        let names = ["institution", "file", "sha256", "mode", "name"]
        guard let storage = services.storage,
            let link = ContentLink(segments: names.map { request.parameters[$0] ?? "" })
        else { throw WebError.notFound }
        let now = context.nowMilliseconds
        switch services.links.check(
            link, md5: request.queryValue("md5"), expires: request.queryValue("expires"), at: now)
        {
        case .valid: break
        case .expired:
            throw WebError.forbidden("The link is too old: ask for another one.", code: "link_expired")
        case .wrong: throw WebError.forbidden("The link is not valid.", code: "link_denied")
        }
        let row = try await context.pool.query(
            FileQueries.show,
            [.int(link.institution.rawValue), .int(link.file), .timestamp(milliseconds: now)],
            tenant: link.institution
        ).first
        guard let file = try row.map(FileQueries.found)?.file, file.sha256 == link.sha256,
            file.displayName == link.filename, file.scanState != .infected,
            let key = ContentKey(institution: link.institution, sha256: link.sha256)
        else { throw WebError.notFound }
        let presentation = Presentation(
            contentType: file.contentType, filename: file.displayName, wantsAttachment: link.isDownload)
        switch storage.place(of: key, as: presentation, at: now) {
        case .file(let path): return serve(path, Int(file.size), link, presentation, request)
        case .elsewhere(let url): return .redirect(to: url, status: .found)
        }
    }

    private static func serve(
        _ path: String, _ size: Int, _ link: ContentLink, _ presentation: Presentation, _ request: WebRequest
    ) -> WebResponse {
        let tag = EntityTag(link.sha256)
        var headers: HTTPFields = [
            .contentType: presentation.contentType, .contentDisposition: presentation.disposition,
            .eTag: tag.text,
            .acceptRanges: "bytes",
            // Content never changes, but its address does: whoever keeps it longer keeps it for nobody.
            .cacheControl: "private, max-age=\(LinkSigner.longest), immutable",
            .contentSecurityPolicy: policy,
        ]
        let conditions = Preconditions(entityTag: tag)
        switch conditions.evaluate(request.headers, method: request.method) {
        case .notModified:
            var response = WebResponse(status: .notModified, headers: headers)
            response.headers[.contentType] = nil
            response.mediaType = presentation.contentType
            return response
        case .failed: return WebResponse(status: .preconditionFailed)
        case .proceed: break
        }
        // Of nothing there is no part, and edges ask for parts of everything.
        guard size > 0 else { return WebResponse(headers: headers, body: .bytes([])) }
        let asked = conditions.allowsRange(request.headers) ? request.headers[.range] : nil
        switch ByteRanges(asked, size: size) {
        case .parts(let parts) where parts.count == 1:
            headers[.contentRange] = ByteRanges.contentRange(parts[0], size: size)
            return WebResponse(
                status: .partialContent, headers: headers, body: .file(path: path, range: parts[0]))
        case .unsatisfiable:
            return WebResponse(status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(size)"])
        case .whole, .parts: return WebResponse(headers: headers, body: .file(path: path, range: 0..<size))
        }
    }
}

extension HTTPField.Name {
    static let contentSecurityPolicy = HTTPField.Name("Content-Security-Policy") ?? .server
}
