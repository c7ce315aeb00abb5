/// How much of each part of a request is taken in; what is longer is refused with its own status.
///
/// Counts are in bytes unless the name says otherwise. A part exactly as long as its limit is accepted.
package struct RequestLimits: Sendable, Equatable {
    /// The request line without its CRLF (414).
    ///
    /// RFC 9112 §3 asks for at least 8000.
    package var requestLine: Int
    /// All field lines with their CRLFs (431).
    ///
    /// Browsers send under 2 KiB; four full cookies still fit.
    package var headerSection: Int
    /// The number of field lines (431).
    ///
    /// Browsers and two proxies stay below 40.
    package var fieldCount: Int
    /// The body, or the sum of its chunks (413).
    ///
    /// 1 MiB holds any JSON of ours; uploads set their own.
    package var body: Int
    /// Chunk extensions of one message taken together (400).
    ///
    /// Nobody of ours sends any: room for a few signatures.
    package var chunkExtensions: Int
    /// All trailer lines with their CRLFs (431).
    package var trailerSection: Int

    /// Limits that suit browsers and API clients.
    package init(
        requestLine: Int = 8192, headerSection: Int = 16_384, fieldCount: Int = 100, body: Int = 1_048_576,
        chunkExtensions: Int = 1024, trailerSection: Int = 4096
    ) {
        self.requestLine = requestLine
        self.headerSection = headerSection
        self.fieldCount = fieldCount
        self.body = body
        self.chunkExtensions = chunkExtensions
        self.trailerSection = trailerSection
    }
}
