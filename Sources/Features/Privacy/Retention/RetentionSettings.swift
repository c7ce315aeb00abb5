import JSON
import Postgres
import Tenancy

/// How long an institution keeps what: what it has decided, and what holds where it has not.
struct RetentionSettings: Hashable, Sendable {
    /// What is kept for a time; the raw value is the field's name, which is the column's.
    enum Item: String, CaseIterable, Sendable {
        /// What was said and drawn in live classes, and the names in their events.
        case liveEvents = "live_event_days"
        case audit = "audit_days"
        /// Sessions after their end.
        case sessions = "session_days"
        /// Files after their removal, with their bytes.
        case deletedFiles = "deleted_file_days"
        /// Files of rosters as they were sent, and the messages about their rows.
        case imports = "sis_import_days"
        /// Exports and reports that somebody asked for.
        case exports = "export_days"
        /// Jobs that are over, with their progresses; a node may keep them for less.
        case jobs = "job_days"

        /// Days that may be set; the database has the same bounds.
        var bounds: ClosedRange<Int64> {
            switch self {
            case .liveEvents: 1...3650
            case .audit: 30...3650
            case .sessions, .deletedFiles: 1...365
            case .imports: 1...730
            case .exports: 1...30
            case .jobs: 1...60
            }
        }

        /// Days where an institution has set none.
        var standard: Int64 {
            switch self {
            case .liveEvents, .audit: 730
            case .sessions, .deletedFiles: 30
            case .imports: 90
            case .exports: 7
            case .jobs: 30
            }
        }
    }

    private var own: [Item: Int64] = [:]
    /// When the institution was swept last, in milliseconds since 1970.
    private(set) var sweptAt: Int64?

    /// Reads a row of ``RetentionQueries/show``; without one nothing is set.
    init(_ row: Row?) throws(PostgresError) {
        guard let row else { return }
        for (place, item) in Item.allCases.enumerated() {
            if let days = try row.intOrNil(place) { own[item] = days }
        }
        sweptAt = try row.timestampMillisecondsOrNil(Item.allCases.count)
    }

    /// The days that hold.
    func value(_ item: Item) -> Int64 { own[item] ?? item.standard }

    /// Takes what a request changes: a number sets, null takes back to the standard.
    ///
    /// - Returns: What it names.
    /// - Throws: 400 for what is no number of days within the bounds.
    mutating func change(_ fields: JSONFields) throws -> [Item] {
        var changed: [Item] = []
        for item in Item.allCases {
            guard let given = fields.object[item.rawValue] else { continue }
            if given.isNull || given.string == "" {
                own[item] = nil
            } else {
                own[item] = Int64(
                    try fields.int(
                        item.rawValue, in: Int(item.bounds.lowerBound)...Int(item.bounds.upperBound)))
            }
            changed.append(item)
        }
        return changed
    }

    /// What is stored, in the order of the items.
    var values: [PostgresValue] { Item.allCases.map { .int(own[$0]) } }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.object("retention") { json in
                for item in Item.allCases { json.member(item.rawValue, value(item)) }
            }
            json.object("defaults") { json in
                for item in Item.allCases { json.member(item.rawValue, item.standard) }
            }
            json.object("bounds") { json in
                for item in Item.allCases {
                    json.object(item.rawValue) { json in
                        json.member("min", item.bounds.lowerBound)
                        json.member("max", item.bounds.upperBound)
                    }
                }
            }
            json.orNull("swept_at", sweptAt.map(ISO8601.text(milliseconds:)))
        }
    }
}

/// The SQL of retention; `$1` is the institution throughout.
enum RetentionQueries {
    static let show: Statement = """
        SELECT live_event_days, audit_days, session_days, deleted_file_days, sis_import_days, export_days, job_days,
            swept_at
        FROM privacy_retention WHERE institution_id = $1
        """

    /// $2 to $8: the days of each item, null for the standard.
    static let set: Statement = """
        INSERT INTO privacy_retention (
            institution_id, live_event_days, audit_days, session_days, deleted_file_days, sis_import_days, export_days,
            job_days)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (institution_id) DO UPDATE SET live_event_days = excluded.live_event_days,
            audit_days = excluded.audit_days, session_days = excluded.session_days,
            deleted_file_days = excluded.deleted_file_days, sis_import_days = excluded.sis_import_days,
            export_days = excluded.export_days, job_days = excluded.job_days, updated_at = now()
        """

    static let noteSweep: Statement = """
        INSERT INTO privacy_retention (institution_id, swept_at) VALUES ($1, now())
        ON CONFLICT (institution_id) DO UPDATE SET swept_at = now()
        """

    static let lock: Statement =
        "SELECT pg_advisory_xact_lock(hashtextextended('privacy_retention', $1::bigint))::text"
}
