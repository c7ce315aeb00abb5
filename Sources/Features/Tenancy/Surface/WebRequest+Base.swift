package import WebServer

extension WebRequest {
    /// What the client's addresses begin with, as `https://school.example`.
    package var base: String { "\(isSecure ? "https" : "http")://\(authority)" }
}
