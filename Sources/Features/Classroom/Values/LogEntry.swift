import JSON

/// One event of a class's log, read once, as the states fold it.
struct LogEntry: Sendable {
    let offset: UInt64
    let type: String
    let at: Int64
    /// The author's id; `nil` where the server itself acted.
    let author: Int64?
    let object: JSONObject

    /// Reads an event; what is none, which the log never holds, counts as hidden.
    init(_ raw: RawJSON, offset: UInt64) {
        var object = JSONObject()
        if case .object(let read)? = try? JSONReader.read(raw) { object = read }
        self.offset = offset
        type = object["type"]?.string ?? "skip"
        self.object = object
        at = object["at"]?.number?.int64 ?? 0
        author = object["by"]?["id"]?.number?.int64
    }

    func int(_ name: String) -> Int64? { object[name]?.number?.int64 }

    func id(_ name: String) -> UInt64? { int(name).flatMap(UInt64.init(exactly:)) }

    func text(_ name: String) -> String? { object[name]?.string }

    func bool(_ name: String) -> Bool? { object[name]?.bool }
}
