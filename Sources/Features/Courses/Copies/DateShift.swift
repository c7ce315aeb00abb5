import JSON
import Tenancy

/// What becomes of the dates of copied things: moved along with the course's, or taken away.
struct DateShift: Hashable, Sendable {
    /// The days as they are written, `2026-09-01`.
    private var oldStart: String?
    private var oldEnd: String?
    private var newStart: String?
    private var newEnd: String?
    private var weekdays: [Int: Int] = [:]
    private var removes = false
    private var zone = "UTC"

    /// Reads the members of `date_shift_options`; `nil` when dates stay as they are.
    ///
    /// - Throws: An error that names the member.
    init?(_ fields: JSONFields) throws(FieldError) {
        removes = try fields.optionalBool("remove_dates") ?? false
        let shifts = try fields.optionalBool("shift_dates") ?? false
        guard removes || shifts else { return nil }
        guard !removes else { return }
        oldStart = try Self.day("old_start_date", fields)
        newStart = try Self.day("new_start_date", fields)
        oldEnd = try Self.day("old_end_date", fields)
        newEnd = try Self.day("new_end_date", fields)
        guard oldStart != nil else { throw fields.error("old_start_date", .missing) }
        guard newStart != nil else { throw fields.error("new_start_date", .missing) }
        guard (oldEnd == nil) == (newEnd == nil) else {
            throw fields.error(oldEnd == nil ? "old_end_date" : "new_end_date", .missing)
        }
        // ISO 8601 days are ordered as texts.
        if let oldEnd, let oldStart, oldEnd <= oldStart {
            throw fields.error("old_end_date", .other("must be after old_start_date"))
        }
        if let newEnd, let newStart, newEnd <= newStart {
            throw fields.error("new_end_date", .other("must be after new_start_date"))
        }
        for member in try fields.optionalFields("day_substitutions")?.object.members ?? [] {
            guard let from = Int(member.name), (0...6).contains(from),
                let to = Int(member.value.string ?? member.value.number?.text ?? ""), (0...6).contains(to)
            else {
                throw fields.error("day_substitutions", .other("must give days of the week, 0 to 6"))
            }
            weekdays[from] = to
        }
        if let zone = try fields.optionalString("zone", max: 64) { self.zone = zone }
    }

    /// The same, by the days of a time zone.
    func inZone(_ zone: String) -> DateShift {
        var shift = self
        shift.zone = zone
        return shift
    }

    /// The second parameter of `copied_date`.
    var json: RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("removes", removes)
                json.member("zone", zone)
                json.member("old_start", oldStart)
                json.member("old_end", oldEnd)
                json.member("new_start", newStart)
                json.member("new_end", newEnd)
                json.object("weekdays") { json in
                    for (from, to) in weekdays.sorted(by: { $0.key < $1.key }) {
                        json.member(String(from), to)
                    }
                }
            }
        }
    }

    /// What ``init(_:)`` reads again.
    var payload: JSONValue {
        var days = JSONObject()
        for (from, to) in weekdays { days.set(String(from), .int(Int64(to))) }
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "remove_dates": .bool(removes), "shift_dates": true, "zone": .string(zone),
            "old_start_date": text(oldStart), "old_end_date": text(oldEnd),
            "new_start_date": text(newStart), "new_end_date": text(newEnd),
            "day_substitutions": .object(days),
        ]
    }

    /// The day that a time begins with; times of day do not matter.
    private static func day(_ name: String, _ fields: JSONFields) throws(FieldError) -> String? {
        guard fields.has(name) else { return nil }
        return String(ISO8601.text(milliseconds: try fields.time(name)).prefix(10))
    }
}
