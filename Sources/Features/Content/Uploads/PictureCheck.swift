import EventLoop
import HTML
import WebServer

/// Refuses pictures in SVG that are more than pictures.
///
/// Files are never shown in place when a browser could run them; but they are saved, and opened from there.
enum PictureCheck {
    /// Larger ones are not looked at, and refused: 8 MiB.
    static let limit = 8 << 20

    /// Whether a file will be taken for a picture in SVG.
    static func concerns(_ ticket: UploadTicket) -> Bool {
        let name = ticket.filename.text.lowercased()
        return ticket.contentType.lowercased().contains("svg") || name.hasSuffix(".svg")
            || name.hasSuffix(".svgz")
    }

    /// Looks at a file that has come whole, in the disk lane.
    ///
    /// - Throws: `WebError` 400 `unsafe_picture` on the field `file`.
    static func check(_ file: IncomingFile, _ ticket: UploadTicket, _ context: WebContext) async throws {
        guard concerns(ticket) else { return }
        guard ticket.size <= limit else {
            throw refusal("is larger than \(limit >> 20) MiB, so that it cannot be looked through")
        }
        let looked = await context.disk.run { () -> String? in
            guard let bytes = file.bytes(atMost: limit) else { return "cannot be read" }
            return SVGInspection.finding(in: bytes)?.rawValue
        }
        // The lane had no room for it: the client tries again.
        guard let found = looked else { throw WebError.unavailable(retryAfter: 5) }
        if let found { throw refusal(found) }
    }

    private static func refusal(_ reason: String) -> WebError {
        .badRequest(
            "The picture \(reason): save it as plain SVG or as PNG.", code: "unsafe_picture", field: "file")
    }
}
