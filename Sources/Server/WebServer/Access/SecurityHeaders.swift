import HTTP
import HTTPTypes

/// What every answer tells browsers about how little they may do with it.
enum SecurityHeaders {
    /// Everything comes from us, nothing runs that is not a file of ours, nobody frames us.
    static let contentSecurityPolicy = [
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
        "form-action 'self'",
    ].joined(separator: "; ")

    /// The fields, encoded once.
    static func encoded() -> EncodedFields {
        let fields: HTTPFields = [
            .known("Content-Security-Policy"): contentSecurityPolicy,
            .known("X-Content-Type-Options"): "nosniff",
            .known("X-Frame-Options"): "DENY",
            .known("Referrer-Policy"): "same-origin",
            .known("Cross-Origin-Opener-Policy"): "same-origin",
            .known("Cross-Origin-Resource-Policy"): "same-origin",
            .known("Permissions-Policy"): "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ]
        do {
            return try EncodedFields(fields)
        } catch {
            preconditionFailure("the security headers cannot be sent: \(error)")
        }
    }
}
