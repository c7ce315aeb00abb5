/// How content is told to a browser: its type, and whether it is shown or saved.
///
/// Files lie on the origin that sessions belong to. Only what no browser runs or interprets is shown in place: pictures
/// of fixed formats, sound, films, plain text. Everything else (HTML, SVG, XML, PDF, what bears no known type) is saved.
package struct Presentation: Hashable, Sendable {
    /// A type that may be sent as it is.
    package let contentType: String
    /// Whether it is saved rather than shown.
    package let isAttachment: Bool
    /// The name to save it under.
    package let filename: String

    /// Decides how a file is presented.
    ///
    /// - Parameters:
    ///   - contentType: As the uploader stated it; never trusted.
    ///   - filename: The name to show, already checked by ``FileName``.
    ///   - wantsAttachment: Whether the link asks for a download.
    package init(contentType: String, filename: String, wantsAttachment: Bool) {
        let essence = Presentation.essence(contentType)
        let isShown = Presentation.shown.contains(essence)
        // A type that is not shown says nothing to a browser that it needs to know.
        self.contentType =
            essence == "text/plain"
            ? "text/plain; charset=utf-8" : isShown ? essence : Presentation.saved(essence)
        isAttachment = wantsAttachment || !isShown
        self.filename = filename
    }

    private static let shown: Set<String> = [
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
        "audio/mpeg", "audio/ogg", "audio/wav", "audio/x-wav", "audio/webm", "audio/aac", "audio/mp4",
        "audio/flac",
        "video/mp4", "video/webm", "video/ogg", "video/quicktime", "text/plain", "text/vtt",
    ]

    /// The type of what is saved: its own where that can do no harm, so that programs recognise it.
    private static func saved(_ essence: String) -> String {
        let isHarmless =
            essence == "application/pdf" || essence == "application/zip"
            || essence.hasPrefix("application/vnd.openxmlformats-")
            || essence.hasPrefix("application/vnd.oasis.")
            || essence == "application/msword" || essence == "text/csv"
        return isHarmless ? essence : "application/octet-stream"
    }

    /// The type without parameters, in lower-case.
    private static func essence(_ type: String) -> String {
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        let isToken = essence.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "/.+-".utf8.contains($0)
        }
        return isToken && essence.utf8.count <= 100 ? essence : ""
    }

    /// The value of `Content-Disposition` (RFC 6266): an ASCII name for old programs, and the whole one (RFC 8187).
    ///
    /// Nothing of the name can end the value: all that is not a letter, a digit or one of a few signs is replaced in the
    /// one form and percent-encoded in the other.
    package var disposition: String {
        let kind = isAttachment ? "attachment" : "inline"
        let plain = String(
            decoding: filename.utf8.map { Presentation.isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        var encoded = ""
        for byte in filename.utf8 {
            if Presentation.isAttributeCharacter(byte) {
                encoded.append(Character(Unicode.Scalar(byte)))
            } else {
                encoded += "%" + Hexadecimal.text([byte]).uppercased()
            }
        }
        return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isAttributeCharacter(byte) && byte != UInt8(ascii: "%") || byte == 0x20 || byte == UInt8(ascii: "(")
            || byte == UInt8(ascii: ")")
    }

    /// RFC 8187 `attr-char`, without the signs that mean something to anybody.
    private static func isAttributeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
