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
        guard let (size, type) = try await sizeAndType(link, context),
            let key = ContentKey(institution: link.institution, sha256: link.sha256)
        else { throw WebError.notFound }
        let presentation = Presentation(
            contentType: type, filename: link.filename, wantsAttachment: link.isDownload)
        switch storage.place(of: key, as: presentation, at: now) {
        case .file(let path): return serve(path, Int(size), link, presentation, request)
        case .elsewhere(let url): return .redirect(to: url, status: .found)
        }
    }

    /// What a link leads to: a file, or an artifact that has not expired; `nil` where it is gone or another by now.
    private static func sizeAndType(_ link: ContentLink, _ context: WebContext) async throws -> (
        Int64, String
    )? {
        let ids: [PostgresValue] = [.int(link.institution.rawValue), .int(link.file)]
        let now = PostgresValue.timestamp(milliseconds: context.nowMilliseconds)
        let row = try await context.pool.query(FileQueries.show, ids + [now], tenant: link.institution).first
        if let file = try row.map(FileQueries.found)?.file {
            guard file.sha256 == link.sha256, file.displayName == link.filename, file.scanState != .infected
            else { return nil }
            return (file.size, file.contentType)
        }
        let made = try await context.pool.query(ArtifactQueries.show, ids + [now], tenant: link.institution)
        guard let artifact = try made.first.map(Artifact.init), artifact.sha256 == link.sha256,
            artifact.filename == link.filename
        else { return nil }
        return (artifact.size, artifact.contentType)
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
