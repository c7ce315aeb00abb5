import DequeModule
import JSON

/// The chat of one class: the latest messages as they are after edits and deletions, and what is pinned.
///
/// Older messages stay in the log. Of them only the edits are kept, so that a page of history can be folded without
/// reading everything that came after it.
struct ChatState: Sendable {
    /// Messages at hand, which a snapshot carries.
    static let window = 100
    /// Messages that may be pinned.
    static let pinnable = 50
    /// Characters (Unicode scalars) of a message.
    static let textLength = 4_000

    private enum Entry: Hashable, Sendable {
        case message(ChatMessage)
        case deleted(UInt64)

        var id: UInt64 {
            switch self {
            case .message(let message): message.id
            case .deleted(let id): id
            }
        }
    }

    private struct Edit: Hashable, Sendable {
        let text: String
        let at: Int64
        /// The events of all edits so far.
        let events: [UInt64]
    }

    /// The last event that is folded in.
    private(set) var offset: UInt64 = 0
    private var entries: Deque<Entry> = []
    private var hasOlder = false
    private var edits: [UInt64: Edit] = [:]
    /// Pinned messages, the latest pin last.
    private(set) var pinned: [UInt64] = []
    /// Pinned messages that are older than the window.
    private var pinnedOlder: [UInt64: ChatMessage] = [:]

    // MARK: Folding

    /// Folds the next event in.
    mutating func fold(_ entry: LogEntry) {
        offset = entry.offset
        switch entry.type {
        case "chat.message": if let message = ChatMessage(entry) { append(message) }
        case "chat.edited":
            guard let id = entry.id("message"), let text = entry.text("text") else { return }
            edits[id] = Edit(text: text, at: entry.at, events: (edits[id]?.events ?? []) + [entry.offset])
            change(id) {
                $0.text = text; $0.editedAt = entry.at
            }
        case "chat.deleted": if let id = entry.id("message") { delete(id) }
        case "chat.pinned":
            guard let id = entry.id("message") else { return }
            let known = find(id)
            pinned.removeAll { $0 == id }
            if entry.bool("pinned") == true {
                pinned.append(id)
                if isInWindow(id) { pinnedOlder[id] = nil } else { pinnedOlder[id] = known }
            } else {
                pinnedOlder[id] = nil
            }
        default: break
        }
    }

    private mutating func append(_ message: ChatMessage) {
        entries.append(.message(edited(message)))
        while entries.count > ChatState.window {
            let oldest = entries.removeFirst()
            hasOlder = true
            if case .message(let message) = oldest, pinned.contains(message.id) {
                pinnedOlder[message.id] = message
            }
        }
    }

    private mutating func delete(_ id: UInt64) {
        if let place = place(of: id) { entries[place] = .deleted(id) }
        edits[id] = nil
        pinned.removeAll { $0 == id }
        pinnedOlder[id] = nil
    }

    private mutating func change(_ id: UInt64, _ body: (inout ChatMessage) -> Void) {
        if let place = place(of: id), case .message(var message) = entries[place] {
            body(&message)
            entries[place] = .message(message)
        }
        if var message = pinnedOlder[id] {
            body(&message)
            pinnedOlder[id] = message
        }
    }

    private func isInWindow(_ id: UInt64) -> Bool { place(of: id) != nil }

    /// Offsets ascend, so that the window can be searched by halving.
    private func place(of id: UInt64) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].id == id ? low : nil
    }

    // MARK: Reading

    /// The message when it is at hand.
    func find(_ id: UInt64) -> ChatMessage? {
        if let place = place(of: id) {
            guard case .message(let message) = entries[place] else { return nil }
            return message
        }
        return pinnedOlder[id]
    }

    /// Whether all that is known of a message is that it is older than the window: the log must be asked.
    func isOlder(_ id: UInt64) -> Bool {
        guard hasOlder, pinnedOlder[id] == nil, let first = entries.first else { return false }
        return id < first.id
    }

    /// Whether a message was changed after it was sent.
    func isEdited(_ id: UInt64) -> Bool { edits[id] != nil }

    /// The events that hold a text of the message: itself and its edits.
    func traces(of id: UInt64) -> [UInt64] { [id] + (edits[id]?.events ?? []) }

    /// A message of the log with its later edits worked in.
    func edited(_ message: ChatMessage) -> ChatMessage {
        guard let edit = edits[message.id] else { return message }
        var changed = message
        changed.text = edit.text
        changed.editedAt = edit.at
        return changed
    }

    /// Pinned messages that the log must be asked for; see ``provide(_:)``.
    var missing: [UInt64] { pinned.filter { find($0) == nil } }

    /// Takes an older message that is pinned.
    mutating func provide(_ message: ChatMessage) {
        if pinned.contains(message.id), !isInWindow(message.id) { pinnedOlder[message.id] = edited(message) }
    }

    /// The latest messages, deleted ones as `skip`, what is pinned, and whether there are older ones.
    var snapshot: RawJSON {
        RawJSON { json in
            json.object { json in
                json.array("messages", of: entries) { json, entry in
                    switch entry {
                    case .message(let message): message.write(&json)
                    case .deleted(let id): json.skip(id)
                    }
                }
                json.array("pinned", of: pinned.compactMap(find)) { $1.write(&$0) }
                json.member("more", hasOlder)
            }
        }
    }

    // MARK: Deciding

    /// A message that a change is about.
    enum Subject: Sendable {
        case message(ChatMessage)
        case missing
        /// Only the log can tell.
        case older
    }

    /// Finds what a change is about; `older` is what the log has told of an older message, when it was asked.
    func subject(_ id: UInt64, older: ChatMessage?, wasAsked: Bool) -> Subject {
        if let message = find(id) ?? older { return .message(message) }
        return !wasAsked && isOlder(id) ? .older : .missing
    }
}

extension JSONWriter {
    /// Writes what stands in place of a hidden event.
    mutating func skip(_ id: UInt64) {
        object { json in
            json.member("type", "skip")
            json.member("id", id)
        }
    }
}
