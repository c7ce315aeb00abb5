import JSON

/// How a course is to be copied; read and checked.
struct CopyOptions: Hashable, Sendable {
    /// Ids of one kind that a request may select.
    private static let mostSelected = 1000

    /// What is selected; `nil` for everything.
    var selected: [CopyKind: Set<Int64>]?
    var dates: DateShift?
    /// Where links to the course may begin besides the root: what its people's browsers call this server.
    var origins: [String] = []

    // Canvas's names; what there is nothing of here is taken and selects nothing.
    private static let kinds: [(name: String, kind: CopyKind?)] = [
        ("folders", .folder), ("files", .file), ("attachments", .file), ("quizzes", .quiz),
        ("assignments", .assignment), ("announcements", .topic), ("discussion_topics", .topic),
        ("modules", .module), ("module_items", .item), ("pages", .page), ("wiki_pages", .page),
        ("calendar_events", nil), ("rubrics", nil),
    ]

    /// Reads `select` and `date_shift_options`.
    ///
    /// - Throws: An error that names the member.
    init(_ fields: JSONFields) throws(FieldError) {
        if let select = try fields.optionalFields("select") {
            var found: [CopyKind: Set<Int64>] = [:]
            for (name, kind) in Self.kinds where select.has(name) {
                let ids = try select.ids(name, in: 0...Self.mostSelected)
                if let kind { found[kind, default: []].formUnion(ids) }
            }
            selected = found
        }
        dates = try fields.optionalFields("date_shift_options").flatMap { fields throws(FieldError) in
            try DateShift(fields)
        }
        if fields.has("origins") { origins = try fields.strings("origins", in: 0...2, each: 0...300) }
    }

    /// What is kept of it; ``init(_:)`` reads it again.
    var payload: JSONValue {
        var select: JSONValue = .null
        if let selected {
            var object = JSONObject()
            for (name, kind) in Self.kinds {
                guard let kind, let ids = selected[kind], object[name] == nil else { continue }
                object.set(name, .array(ids.sorted().map { .int($0) }))
            }
            select = .object(object)
        }
        return [
            "select": select, "date_shift_options": dates?.payload ?? .null,
            "origins": .array(origins.map { .string($0) }),
        ]
    }
}
