/// What the ending of a file's name says about its content.
enum MediaTypes {
    private static let known: [String: (type: String, isText: Bool)] = [
        "html": ("text/html; charset=utf-8", true),
        "css": ("text/css; charset=utf-8", true),
        "js": ("text/javascript; charset=utf-8", true),
        "mjs": ("text/javascript; charset=utf-8", true),
        "json": ("application/json; charset=utf-8", true),
        "map": ("application/json; charset=utf-8", true),
        "webmanifest": ("application/manifest+json; charset=utf-8", true),
        "txt": ("text/plain; charset=utf-8", true),
        "md": ("text/markdown; charset=utf-8", true),
        "svg": ("image/svg+xml; charset=utf-8", true),
        "xml": ("application/xml; charset=utf-8", true),
        "wasm": ("application/wasm", true),
        "png": ("image/png", false),
        "jpg": ("image/jpeg", false),
        "jpeg": ("image/jpeg", false),
        "gif": ("image/gif", false),
        "webp": ("image/webp", false),
        "avif": ("image/avif", false),
        "ico": ("image/x-icon", false),
        "woff": ("font/woff", false),
        "woff2": ("font/woff2", false),
        "mp3": ("audio/mpeg", false),
        "mp4": ("video/mp4", false),
        "webm": ("video/webm", false),
        "pdf": ("application/pdf", false),
        "zip": ("application/zip", false),
    ]

    /// The `Content-Type` of a file of that name, and whether compressing it pays.
    static func of(_ name: String) -> (type: String, isText: Bool) {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return known[ending] ?? ("application/octet-stream", false)
    }
}
