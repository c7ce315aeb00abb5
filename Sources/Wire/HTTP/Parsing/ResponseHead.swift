package import HTTPTypes

/// How the end of a response's body is found (RFC 9112 §6.3).
package enum ResponseBodyEnd: Sendable, Equatable {
    /// There is no body: the answer to HEAD, 204 or 304.
    case none
    /// This many bytes, possibly zero.
    case length(Int)
    /// Chunks, up to an empty one and trailers.
    case chunked
    /// Everything up to the connection's end, which must be a clean one.
    case connectionEnd
}

/// A final response's status and header fields, checked, with what follows from them.
package struct ResponseHead: Sendable, Equatable {
    /// The status; its reason phrase is the standard's, never the peer's.
    package let status: HTTPResponse.Status
    /// The version of the status line.
    package let version: HTTPVersion
    /// All fields in their order, `Content-Length` and the like included.
    package let fields: HTTPFields
    /// Where the body ends.
    package let bodyEnd: ResponseBodyEnd
}

/// How much of each part of a response is taken in; a part exactly as long as its limit is accepted.
package struct ResponseLimits: Sendable, Equatable {
    /// The status line without its CRLF, in bytes.
    package var statusLine: Int
    /// All field lines with their CRLFs, in bytes.
    package var headerSection: Int
    /// The number of field lines.
    package var fieldCount: Int
    /// The body, or the sum of its chunks, in bytes.
    package var body: Int
    /// Chunk extensions taken together, in bytes.
    package var chunkExtensions: Int
    /// All trailer lines with their CRLFs, in bytes.
    package var trailerSection: Int
    /// Interim responses (1xx) before the final one.
    package var interims: Int

    /// Limits that suit small documents.
    package init(
        statusLine: Int = 1024, headerSection: Int = 32_768, fieldCount: Int = 100, body: Int = 1_048_576,
        chunkExtensions: Int = 4096, trailerSection: Int = 4096, interims: Int = 8
    ) {
        self.statusLine = statusLine
        self.headerSection = headerSection
        self.fieldCount = fieldCount
        self.body = body
        self.chunkExtensions = chunkExtensions
        self.trailerSection = trailerSection
        self.interims = interims
    }
}

/// Why a response is not accepted; the connection is closed.
package enum BadResponse: Error, Sendable, Equatable {
    /// A rule that requests and responses share was broken.
    case message(HTTPError)
    /// The first line is not of the form HTTP/1.1 STATUS REASON, or the status is none from 100 to 599.
    case invalidStatusLine
    /// The status line is longer than its limit.
    case statusLineTooLong
    /// The peer changes to a protocol that nobody asked for (101).
    case unexpectedSwitch
    /// There were more interim responses than the limit.
    case tooManyInterims
    /// The connection ended before the response did.
    case endedEarly
}
