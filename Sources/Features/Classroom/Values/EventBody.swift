import JSON

/// Writes what events are made of.
enum EventBody {
    /// An event of the log, without the `id` that the log adds; `by` is missing where the server itself acts.
    static func make(
        _ type: String, at: Int64, by author: ClassMember?, _ rest: (inout JSONWriter) -> Void = { _ in }
    ) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("type", type)
                json.member("at", at)
                if let author { json.author(author) }
                rest(&json)
            }
        }
    }

    /// An ephemeral event, which has neither an `id` nor, mostly, an author.
    static func ephemeral(
        _ type: String, at: Int64? = nil, by author: ClassMember? = nil,
        _ rest: (inout JSONWriter) -> Void = { _ in }
    ) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("type", type)
                json.member("at", at)
                if let author { json.author(author) }
                rest(&json)
            }
        }
    }
}

extension JSONWriter {
    /// Writes the member `by`.
    mutating func author(_ author: ClassMember) {
        object("by") { json in
            json.member("id", author.id)
            json.member("name", author.name)
            json.member("role", author.role.rawValue)
        }
    }

    /// Writes an object with the id and, where it is known, the name of a user.
    mutating func person(_ id: Int64, _ name: String?) {
        object { json in
            json.member("id", id)
            json.member("name", name)
        }
    }

    /// Writes a member that is `null` when there is no value.
    mutating func nullable(_ name: String, _ value: Int64?) {
        if let value { member(name, value) } else { nullMember(name) }
    }
}
