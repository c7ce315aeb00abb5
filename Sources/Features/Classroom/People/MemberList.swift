import JSON

/// Makes pages of a class's roster.
///
/// Pure.
struct MemberList {
    struct Row: Hashable, Sendable {
        let id: Int64
        let name: String
        let role: ClassMember.Role
    }

    /// What is known of a member besides the roster.
    struct Standing: Hashable, Sendable {
        var since: Int64?
        var hand: Int64?
        var mutedUntil: Int64?
        var isRemoved = false
        /// Milliseconds from the server's last ping to its answer; `nil` when none was answered yet.
        var roundTrip: Int?
        /// Whether they answered the question that is open; `nil` when none is.
        var hasAnswered: Bool?
    }

    /// The roster by name.
    let rows: [Row]

    /// Makes a roster from rows in any order.
    init(_ rows: [Row]) {
        self.rows = rows.sorted { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }
    }

    /// The rows of a page, how many there are in all, and where the next page begins.
    func page(_ page: MemberPage) -> (rows: ArraySlice<Row>, total: Int, next: MemberCursor?) {
        let found: [Row]
        if let search = page.search?.lowercased(), !search.isEmpty {
            found = rows.filter { $0.name.lowercased().contains(search) }
        } else {
            found = rows
        }
        var start = 0
        if let after = page.after {
            start = found.firstIndex { ($0.name.lowercased(), $0.id) > (after.name, after.id) } ?? found.count
        }
        let rest = found[start...]
        let shown = rest.prefix(page.limit)
        let last = shown.count < rest.count ? shown.last : nil
        let next = last.map { MemberCursor(name: $0.name.lowercased(), id: $0.id) }
        return (shown, found.count, next)
    }

    /// Writes a page as `member.list` answers with it.
    static func write(
        _ page: (rows: ArraySlice<Row>, total: Int, next: MemberCursor?), here: Int,
        _ standing: (Row) -> Standing
    ) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.array("members", of: page.rows) { json, row in
                    let standing = standing(row)
                    json.object { json in
                        json.member("id", row.id)
                        json.member("name", row.name)
                        json.member("role", row.role.rawValue)
                        json.member("here", standing.since != nil)
                        json.nullable("since", standing.since)
                        json.nullable("hand", standing.hand)
                        json.nullable("muted_until", standing.mutedUntil)
                        if standing.isRemoved { json.member("removed", true) }
                        json.nullable("round_trip_ms", standing.roundTrip.map { Int64($0) })
                        json.member("answered", standing.hasAnswered)
                    }
                }
                json.member("total", page.total)
                json.member("here", here)
                if let next = page.next { json.member("next", next.text) } else { json.nullMember("next") }
            }
        }
    }
}
