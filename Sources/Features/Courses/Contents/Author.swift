import JSON

/// Somebody who wrote something.
struct Author: Hashable, Sendable {
    /// The user's id.
    let id: Int64
    /// The name to show.
    let name: String

    /// Writes the user as lists of authors have it.
    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("display_name", name)
        }
    }
}
