package import HTTPTypes

/// Why a request is refused; names the rule that was broken and nothing about the server.
///
/// After any of them that `RequestParser` throws, the position in the stream is no longer certain: the server
/// answers with `status` and closes the connection (RFC 9112 §9.6).
package enum HTTPError: String, Error, Sendable, Equatable, CaseIterable {
    // The request line.
    case invalidRequestLine = "invalid_request_line"
    case invalidMethod = "invalid_method"
    case invalidTarget = "invalid_target"
    case fragmentInTarget = "fragment_in_target"
    case invalidPercentEncoding = "invalid_percent_encoding"
    case invalidVersion = "invalid_version"
    case unsupportedVersion = "unsupported_version"
    case connectRefused = "connect_refused"
    case requestLineTooLong = "request_line_too_long"
    case tooManyEmptyLines = "too_many_empty_lines"
    // Lines and fields.
    case bareLineFeed = "bare_line_feed"
    case bareCarriageReturn = "bare_carriage_return"
    case foldedField = "folded_field"
    case missingColon = "missing_colon"
    case emptyFieldName = "empty_field_name"
    case whitespaceBeforeColon = "whitespace_before_colon"
    case invalidFieldName = "invalid_field_name"
    case invalidFieldValue = "invalid_field_value"
    case headerSectionTooLarge = "header_section_too_large"
    case tooManyFields = "too_many_fields"
    case trailerSectionTooLarge = "trailer_section_too_large"
    // Host, Connection, Upgrade, Expect.
    case missingHost = "missing_host"
    case duplicateHost = "duplicate_host"
    case invalidHost = "invalid_host"
    case hostMismatch = "host_mismatch"
    case invalidConnection = "invalid_connection"
    case invalidUpgrade = "invalid_upgrade"
    case unsupportedExpectation = "unsupported_expectation"
    // Where the body ends.
    case invalidContentLength = "invalid_content_length"
    case duplicateContentLength = "duplicate_content_length"
    case lengthWithTransferEncoding = "length_with_transfer_encoding"
    case transferEncodingInHTTP10 = "transfer_encoding_in_http_1_0"
    case invalidTransferEncoding = "invalid_transfer_encoding"
    case misplacedChunked = "misplaced_chunked"
    case unsupportedTransferCoding = "unsupported_transfer_coding"
    case bodyTooLarge = "body_too_large"
    case invalidChunkSize = "invalid_chunk_size"
    case invalidChunkExtension = "invalid_chunk_extension"
    case chunkExtensionsTooLarge = "chunk_extensions_too_large"
    case missingChunkEnd = "missing_chunk_end"
    // Paths and forms, decoded on demand.
    case invalidPath = "invalid_path"
    case invalidForm = "invalid_form"
    case tooManyFormFields = "too_many_form_fields"

    /// The machine-readable name of the case, as clients see it.
    package var code: String { rawValue }

    /// The status of the answer.
    package var status: HTTPResponse.Status {
        switch self {
        case .bodyTooLarge, .tooManyFormFields: .contentTooLarge
        case .requestLineTooLong: .uriTooLong
        case .unsupportedExpectation: .expectationFailed
        case .headerSectionTooLarge, .tooManyFields, .trailerSectionTooLarge: .requestHeaderFieldsTooLarge
        case .connectRefused, .unsupportedTransferCoding: .notImplemented
        case .unsupportedVersion: .httpVersionNotSupported
        default: .badRequest
        }
    }

    /// One English sentence for whoever debugs the client.
    package var sentence: String {
        switch self {
        case .invalidRequestLine: "The request line is not of the form METHOD TARGET HTTP/1.1."
        case .invalidMethod: "The method is not a token."
        case .invalidTarget: "The request target has a form or a character that is not allowed."
        case .fragmentInTarget: "The request target must not hold a fragment."
        case .invalidPercentEncoding: "A percent sign must be followed by two hexadecimal digits."
        case .invalidVersion: "The protocol version is malformed."
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .connectRefused: "CONNECT is not offered here."
        case .requestLineTooLong: "The request line is too long."
        case .tooManyEmptyLines: "There are too many empty lines before the request."
        case .bareLineFeed: "Lines must end with CR LF."
        case .bareCarriageReturn: "CR may only stand before LF."
        case .foldedField: "A field line must not begin with white space."
        case .missingColon: "A field line has no colon."
        case .emptyFieldName: "A field line has no name."
        case .whitespaceBeforeColon: "There must be no white space between a field name and its colon."
        case .invalidFieldName: "A field name is not a token."
        case .invalidFieldValue: "A field value holds a control character."
        case .headerSectionTooLarge: "The header fields are too large."
        case .tooManyFields: "There are too many header fields."
        case .trailerSectionTooLarge: "The trailer fields are too large."
        case .missingHost: "The Host field is missing."
        case .duplicateHost: "There is more than one Host field."
        case .invalidHost: "The host is malformed."
        case .hostMismatch: "The Host field differs from the host in the request target."
        case .invalidConnection: "The Connection field is malformed."
        case .invalidUpgrade: "The Upgrade field is malformed."
        case .unsupportedExpectation: "The only expectation that is understood is 100-continue."
        case .invalidContentLength: "The Content-Length is not one decimal number."
        case .duplicateContentLength: "There is more than one Content-Length field."
        case .lengthWithTransferEncoding: "Content-Length and Transfer-Encoding must not come together."
        case .transferEncodingInHTTP10: "HTTP/1.0 has no Transfer-Encoding."
        case .invalidTransferEncoding: "The Transfer-Encoding field is malformed."
        case .misplacedChunked: "The coding chunked must come once, as the last one."
        case .unsupportedTransferCoding: "The only transfer coding that is understood is chunked."
        case .bodyTooLarge: "The body is too large."
        case .invalidChunkSize: "A chunk size is not a hexadecimal number."
        case .invalidChunkExtension: "A chunk extension is malformed."
        case .chunkExtensionsTooLarge: "The chunk extensions are too large."
        case .missingChunkEnd: "A chunk does not end with CR LF."
        case .invalidPath: "The path does not decode to plain text segments."
        case .invalidForm: "The form or query does not decode to text."
        case .tooManyFormFields: "The form or query has too many fields."
        }
    }
}
