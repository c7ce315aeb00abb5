import HTTP
import HTTPTypes

/// What every answer tells browsers about how little they may do with it.
///
/// What a browser may show as a document bears all of it. Scripts, styles, fonts and pictures are parts of one: the
/// policy of the document that uses them holds them, and what is only read from a document (content security policy,
/// framing, opener, permissions, referrers) would be sent with each of a page's parts for nothing.
struct SecurityHeaders: Sendable {
    /// Everything comes from us, nothing runs that is not a file of ours, nobody frames us.
    static let contentSecurityPolicy = [
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
        "form-action 'self'",
    ].joined(separator: "; ")

    /// No guessing of types (so a part is never taken for a document), no use by other sites.
    private static let always: HTTPFields = [
        .known("X-Content-Type-Options"): "nosniff",
        .known("Cross-Origin-Resource-Policy"): "same-origin",
    ]

    private static let ofDocuments: HTTPFields = [
        .known("Content-Security-Policy"): contentSecurityPolicy,
        .known("X-Frame-Options"): "DENY",
        .known("Referrer-Policy"): "same-origin",
        .known("Cross-Origin-Opener-Policy"): "same-origin",
        .known("Permissions-Policy"): "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ]

    /// The types that no browser shows with anything alive in it.
    ///
    /// SVG, XML and PDF are documents; so is what bears no type, and whatever is not in this list: JSON too, which
    /// holds what people wrote and is shown as text.
    private static let parts: Set<String> = [
        "text/javascript", "text/css", "application/wasm", "font/woff", "font/woff2",
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/x-icon",
    ]

    private let document: EncodedFields
    private let part: EncodedFields
    private let secureDocument: EncodedFields
    private let securePart: EncodedFields
    /// What answers over https bear besides the others.
    let strictTransport: EncodedFields

    /// Encodes the fields, once.
    ///
    /// - Parameter strictTransportSeconds: What answers over https say of the time to come (RFC 6797 §6.1); 0 for nothing.
    init(strictTransportSeconds: Int = 0) {
        var strict: HTTPFields = [:]
        if strictTransportSeconds > 0 {
            strict[.known("Strict-Transport-Security")] = "max-age=\(strictTransportSeconds)"
        }
        let secure = SecurityHeaders.always + strict
        do {
            strictTransport = try EncodedFields(strict)
            document = try EncodedFields(SecurityHeaders.always + SecurityHeaders.ofDocuments)
            part = try EncodedFields(SecurityHeaders.always)
            secureDocument = try EncodedFields(secure + SecurityHeaders.ofDocuments)
            securePart = try EncodedFields(secure)
        } catch {
            preconditionFailure("the security headers cannot be sent: \(error)")
        }
    }

    /// The fields for an answer; over https there may be one more.
    func fields(for response: WebResponse, isSecure: Bool = false) -> EncodedFields {
        let isPart = SecurityHeaders.isPart(response.headers[.contentType] ?? response.mediaType)
        guard isSecure else { return isPart ? part : document }
        return isPart ? securePart : secureDocument
    }

    /// Whether a browser takes content of this type for a part of a document only.
    ///
    /// Case does not matter, and parameters follow a semicolon (RFC 9110 §8.3.1).
    static func isPart(_ type: String?) -> Bool {
        guard let type, let essence = type.split(separator: ";", omittingEmptySubsequences: false).first
        else { return false }
        return parts.contains(essence.lowercased().filter { $0 != " " && $0 != "\t" })
    }
}
