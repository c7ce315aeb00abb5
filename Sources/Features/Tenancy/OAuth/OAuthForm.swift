import HTTP
import WebServer

/// Names and values as OAuth writes them: forms, in which no name comes twice (RFC 6749 §3.1).
struct OAuthForm: Sendable {
    private var values: [String: String] = [:]
    /// Whether a name came twice.
    private(set) var hasRepeated = false

    init(_ items: some Sequence<(name: String, value: String)>) {
        // A parameter without a value is one that was not sent.
        for (name, value) in items where !value.isEmpty {
            if values.updateValue(value, forKey: name) != nil { hasRepeated = true }
        }
    }

    /// Those of a request's address.
    init(query request: WebRequest) { self.init(request.query.map { ($0.name, $0.value) }) }

    /// Those of a text such as `a=1&b=2`; `nil` for what is none.
    init?(parsing text: String) {
        guard let form = try? FormFields(parsing: text) else { return nil }
        self.init(form.fields.map { ($0.name, $0.value) })
    }

    subscript(name: String) -> String? { values[name] }

    /// All of them as text, by name.
    var text: String { Self.text(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) }

    static func text(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
            .joined(separator: "&")
    }

    /// An address with these behind what its query has.
    static func location(_ uri: String, _ items: [(name: String, value: String)]) -> String {
        uri + (uri.contains("?") ? "&" : "?") + text(items)
    }
}
