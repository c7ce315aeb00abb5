import Tenancy
import WebServer

/// What a list of contents may be asked for.
extension WebRequest {
    /// The text that titles must hold; `nil` without one.
    ///
    /// - Throws: 400 for one that is empty, longer than any title, or cannot be stored.
    func searchTerm() throws(WebError) -> String? {
        guard let text = queryValue("search_term") else { return nil }
        guard (1...255).contains(text.unicodeScalars.count), !text.utf8.contains(0) else {
            throw .badRequest("search_term must have 1 to 255 characters.", field: "search_term")
        }
        return text
    }

    /// One of a few words; `nil` without one.
    ///
    /// - Throws: 400 for another word.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(WebError) -> Choice? where Choice.RawValue == String {
        guard let text = queryValue(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("\(name) must be one of: \(words).", field: name)
        }
        return choice
    }

    /// Truth as Canvas's clients write it; `nil` without one.
    ///
    /// - Throws: 400 for what is neither.
    func flag(_ name: String) throws(WebError) -> Bool? {
        guard let text = queryValue(name) else { return nil }
        switch text.lowercased() {
        case "true", "t", "yes", "y", "on", "1": return true
        case "false", "f", "no", "n", "off", "0": return false
        default: throw .badRequest("\(name) must be true or false.", field: name)
        }
    }

    /// What is to be included.
    var includes: Set<String> { Set(queryValues("include[]") + queryValues("include")) }

    /// The address of the surface as this client wrote it, up to `/api/v1`.
    var surface: String { "\(base)/api/v1" }
}
