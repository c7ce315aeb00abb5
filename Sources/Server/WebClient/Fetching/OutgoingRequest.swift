package import HTTPTypes

/// A request that the server makes itself, with what its caller allows.
package struct OutgoingRequest: Sendable {
    package enum Method: Sendable {
        case get, head, post, put, delete

        var method: HTTPRequest.Method {
            switch self {
            case .get: .get
            case .head: .head
            case .post: .post
            case .put: .put
            case .delete: .delete
            }
        }
    }

    /// How much a fetch may take.
    package struct Limits: Sendable {
        /// Bytes of the response's body.
        package var body: Int
        /// From the call to the last byte, redirects and names included.
        package var time: Duration
        /// Redirects that are followed; with 0 a redirect is a response like any other.
        package var redirects: Int

        package init(body: Int = 1 << 20, time: Duration = .seconds(10), redirects: Int = 0) {
            self.body = body
            self.time = time
            self.redirects = redirects
        }
    }

    package var method: Method
    package var url: WebURL
    /// Fields besides `Host`, `Connection` and the length.
    ///
    /// `Authorization` and `Cookie` stay behind when a redirect
    /// leads to another origin.
    package var fields: HTTPFields
    package var body: [UInt8]
    /// Sent instead of ``body``; such a request follows no redirect.
    package var file: OutgoingFile?
    package var limits: Limits
    /// Whether `http` will do; a redirect never leads from `https` to it.
    package var allowsPlainHTTP: Bool

    package init(
        _ method: Method = .get, _ url: WebURL, fields: HTTPFields = [:], body: [UInt8] = [],
        limits: Limits = Limits(), allowsPlainHTTP: Bool = false
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.limits = limits
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    /// The request that a redirect asks for (RFC 9110 §15.4); `nil` where the response is none.
    ///
    /// - Throws: ``FetchError`` where it leads to what may not be fetched.
    func redirected(by response: OutgoingResponse) throws(FetchError) -> OutgoingRequest? {
        guard [301, 302, 303, 307, 308].contains(response.status.code),
            let location = response.fields[.location]
        else { return nil }
        guard limits.redirects > 0 else { throw .tooManyRedirects }
        var next = self
        do throws(BadURL) {
            next.url = try url.resolving(location)
        } catch {
            throw .badURL(error)
        }
        if url.isSecure, !next.url.isSecure { throw .notSecure }
        next.limits.redirects -= 1
        if response.status.code < 307, method == .post {
            next.method = .get
            next.body = []
            next.fields[.contentType] = nil
        }
        if !next.url.hasOrigin(of: url) {
            next.fields[.authorization] = nil
            next.fields[.cookie] = nil
        }
        return next
    }
}

/// A complete response.
package struct OutgoingResponse: Sendable {
    package let status: HTTPResponse.Status
    package let fields: HTTPFields
    package let body: [UInt8]
    /// Where it came from in the end.
    package let url: WebURL
}
