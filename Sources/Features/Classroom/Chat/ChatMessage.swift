import JSON

/// One message as it is after its edits.
struct ChatMessage: Hashable, Sendable {
    let id: UInt64
    let at: Int64
    let author: ClassMember
    var text: String
    let replyTo: UInt64?
    var editedAt: Int64?

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("type", "chat.message")
            json.member("id", id)
            json.member("at", at)
            json.author(author)
            json.member("text", text)
            json.member("reply_to", replyTo)
            json.member("edited_at", editedAt)
        }
    }
}

extension ChatMessage {
    /// Reads an event of the log; `nil` for any but a message that is not hidden.
    init?(_ entry: LogEntry) {
        guard entry.type == "chat.message", let text = entry.text("text"), let author = ClassMember(entry)
        else {
            return nil
        }
        id = entry.offset
        at = entry.at
        self.author = author
        self.text = text
        replyTo = entry.id("reply_to")
    }
}

extension ClassMember {
    /// Reads an event's `by`.
    init?(_ entry: LogEntry) {
        guard let by = entry.object["by"], let id = by["id"]?.number?.int64, let name = by["name"]?.string,
            let role = by["role"]?.string.flatMap(Role.init(rawValue:))
        else { return nil }
        self.init(id: id, name: name, role: role)
    }
}
