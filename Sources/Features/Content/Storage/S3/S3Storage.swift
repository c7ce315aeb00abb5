package import EventLoop
import HTTPTypes
package import WebClient

/// Content in an S3-compatible object store, which is written through the one client for outgoing requests and read by
/// presigned URLs.
package struct S3Storage: ContentStorage {
    /// What one call may take; a file has a second more for each MiB.
    private static let patience: Duration = .seconds(30)
    /// How long a URL to read content is valid.
    package static let readSeconds = 300

    private let settings: S3Settings
    private let signature: SignatureV4
    private let fetcher: Fetcher
    private let lane: WorkLane
    private let clock: @Sendable () -> Int64

    /// Uses a store.
    ///
    /// - Parameters:
    ///   - settings: Where it is.
    ///   - fetcher: Whose policy must allow its address.
    ///   - lane: Where files are read.
    ///   - clock: Milliseconds since 1970.
    package init(
        settings: S3Settings, fetcher: Fetcher, lane: WorkLane, clock: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        self.fetcher = fetcher
        self.lane = lane
        self.clock = clock
        signature = SignatureV4(
            accessKey: settings.accessKey, secretKey: settings.secretKey, region: settings.region)
    }

    package func store(_ file: String, size: Int, as key: ContentKey) async throws(StorageError) {
        let response = try await send(
            .put, key, fields: [("content-type", "application/octet-stream")], hash: key.sha256,
            file: OutgoingFile(path: file, size: size, lane: lane))
        guard response.status == .ok else { throw S3Storage.failure(response) }
    }

    package func size(of key: ContentKey) async throws(StorageError) -> Int? {
        let response = try await send(.head, key)
        switch response.status {
        case .ok: return response.fields[.contentLength].flatMap { Int($0) }
        case .notFound: return nil
        default: throw S3Storage.failure(response)
        }
    }

    package func remove(_ key: ContentKey) async throws(StorageError) {
        let response = try await send(.delete, key)
        guard [200, 204, 404].contains(response.status.code) else { throw S3Storage.failure(response) }
    }

    package func read(_ key: ContentKey, _ range: Range<Int>) async throws(StorageError) -> [UInt8]? {
        precondition(!range.isEmpty && range.count <= ContentPiece.most, "a piece has 1 byte to 1 MiB")
        let response = try await send(
            .get, key, fields: [("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")],
            body: ContentPiece.most)
        switch response.status.code {
        case 206: return response.body
        case 404: return nil
        // It ends before.
        case 416: return []
        default: throw S3Storage.failure(response)
        }
    }

    package func place(of key: ContentKey, as presentation: Presentation, at now: Int64) -> ContentPlace {
        let query = signature.presignedQuery(
            method: "GET", host: settings.endpoint.authority, path: settings.path(key.path),
            query: [
                ("response-content-type", presentation.contentType),
                ("response-content-disposition", presentation.disposition),
                ("response-cache-control", "private, max-age=\(S3Storage.readSeconds)"),
            ], seconds: S3Storage.readSeconds, at: now)
        return .elsewhere(url(key, query: query))
    }

    /// A URL to which anybody may put content of this key for a few minutes.
    package func uploadURL(for key: ContentKey, at now: Int64) -> String {
        url(
            key,
            query: signature.presignedQuery(
                method: "PUT", host: settings.endpoint.authority, path: settings.path(key.path),
                seconds: S3Storage.readSeconds, at: now))
    }

    private func url(_ key: ContentKey, query: String? = nil) -> String {
        let scheme = settings.endpoint.isSecure ? "https" : "http"
        let path = SignatureV4.encodedPath(settings.path(key.path))
        return "\(scheme)://\(settings.endpoint.authority)\(path)" + (query.map { "?" + $0 } ?? "")
    }

    private func send(
        _ method: OutgoingRequest.Method, _ key: ContentKey, fields: [(String, String)] = [],
        hash: String = Hexadecimal.emptySHA256, file: OutgoingFile? = nil, body: Int = 1 << 16
    ) async throws(StorageError) -> OutgoingResponse {
        let verb =
            switch method {
            case .get: "GET"
            case .head: "HEAD"
            case .post: "POST"
            case .put: "PUT"
            case .delete: "DELETE"
            }
        let signed = signature.headers(
            method: verb, host: settings.endpoint.authority, path: settings.path(key.path), fields: fields,
            payloadHash: hash, at: clock())
        var headers: HTTPFields = [:]
        for (name, value) in signed { if let name = HTTPField.Name(name) { headers[name] = value } }
        let time = S3Storage.patience + .seconds((file?.size ?? 0) >> 20)
        do {
            var request = OutgoingRequest(
                method, try WebURL(url(key)), fields: headers, limits: .init(body: body, time: time),
                allowsPlainHTTP: !settings.endpoint.isSecure)
            request.file = file
            return try await fetcher.fetch(request)
        } catch FetchError.tooMany {
            throw .busy
        } catch {
            throw .failed("\(error)")
        }
    }

    private static func failure(_ response: OutgoingResponse) -> StorageError {
        let code = String(decoding: response.body, as: UTF8.self).split(separator: "<Code>").dropFirst().first
        let reason = code.map { String($0.prefix { $0 != "<" }.prefix(60)) } ?? ""
        return response.status.code == 503 ? .busy : .failed("status \(response.status.code) \(reason)")
    }
}

extension Hexadecimal {
    /// The SHA-256 of nothing.
    static let emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}
