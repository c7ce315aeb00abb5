import JSON
import Postgres
import Tenancy

/// What a course takes off for what comes late or not at all; amounts are percentage points.
struct LatePolicy: Hashable, Sendable {
    /// What a client wants to have changed; `nil` leaves a value as it is.
    struct Change: Hashable, Sendable {
        let takesForMissing: Bool?
        let forMissing: Double?
        let takesForLate: Bool?
        let forLate: Double?
        let interval: String?
        let hasMinimum: Bool?
        let minimum: Double?

        /// Reads the members of `late_policy`.
        ///
        /// - Throws: An error that names the field: amounts are 0 to 100, the interval is `hour` or `day`.
        init(_ fields: JSONFields) throws(FieldError) {
            takesForMissing = try fields.optionalBool("missing_submission_deduction_enabled")
            forMissing = try Self.amount("missing_submission_deduction", fields)
            takesForLate = try fields.optionalBool("late_submission_deduction_enabled")
            forLate = try Self.amount("late_submission_deduction", fields)
            interval = try fields.optionalString("late_submission_interval", oneOf: ["hour", "day"])
            hasMinimum = try fields.optionalBool("late_submission_minimum_percent_enabled")
            minimum = try Self.amount("late_submission_minimum_percent", fields)
        }

        /// Hundredths are kept, as in Canvas.
        private static func amount(_ name: String, _ fields: JSONFields) throws(FieldError) -> Double? {
            try fields.optionalDouble(name, in: 0...100).map { ($0 * 100).rounded() / 100 }
        }

        /// The parameters $3 to $9 of ``LatePolicyQueries``.
        var values: [PostgresValue] {
            [
                .bool(takesForMissing), .double(forMissing), .bool(takesForLate), .double(forLate),
                .text(interval), .bool(hasMinimum), .double(minimum),
            ]
        }
    }

    let id: Int64
    let course: Int64
    let takesForMissing: Bool
    let forMissing: Double
    let takesForLate: Bool
    let forLate: Double
    let interval: String
    let hasMinimum: Bool
    let minimum: Double
    let createdAt: Int64
    let updatedAt: Int64

    /// Reads a row of ``LatePolicyQueries``.
    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        course = try row.int(1)
        takesForMissing = try row.bool(2)
        forMissing = try row.double(3)
        takesForLate = try row.bool(4)
        forLate = try row.double(5)
        interval = try row.text(6)
        hasMinimum = try row.bool(7)
        minimum = try row.double(8)
        createdAt = try row.timestampMilliseconds(9)
        updatedAt = try row.timestampMilliseconds(10)
    }

    /// Writes it as Canvas has it, wrapped.
    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.object("late_policy") { json in
                json.member("id", id)
                json.member("course_id", course)
                json.member("missing_submission_deduction_enabled", takesForMissing)
                json.member("missing_submission_deduction", forMissing)
                json.member("late_submission_deduction_enabled", takesForLate)
                json.member("late_submission_deduction", forLate)
                json.member("late_submission_interval", interval)
                json.member("late_submission_minimum_percent_enabled", hasMinimum)
                json.member("late_submission_minimum_percent", minimum)
                json.time("created_at", createdAt)
                json.time("updated_at", updatedAt)
            }
        }
    }
}

/// The SQL of late policies; `$1` is the institution and `$2` the course throughout, `$3` to `$9` are
/// ``LatePolicy/Change/values``.
enum LatePolicyQueries {
    private static let columns = """
        id, course_id, missing_submission_deduction_enabled, missing_submission_deduction,
            late_submission_deduction_enabled, late_submission_deduction, late_submission_interval,
            late_submission_minimum_percent_enabled, late_submission_minimum_percent, created_at, updated_at
        """

    static let show = Statement(
        "SELECT \(columns) FROM late_policies WHERE institution_id = $1 AND course_id = $2")

    /// No row where the course has one.
    static let create = Statement(
        """
        INSERT INTO late_policies (
            institution_id, course_id, missing_submission_deduction_enabled, missing_submission_deduction,
            late_submission_deduction_enabled, late_submission_deduction, late_submission_interval,
            late_submission_minimum_percent_enabled, late_submission_minimum_percent)
        VALUES ($1, $2, coalesce($3, false), coalesce($4, 0), coalesce($5, false), coalesce($6, 0), coalesce($7, 'day'),
            coalesce($8, false), coalesce($9, 0))
        ON CONFLICT DO NOTHING RETURNING \(columns)
        """)

    /// No row where the course has none.
    static let update: Statement = """
        UPDATE late_policies SET
            missing_submission_deduction_enabled = coalesce($3, missing_submission_deduction_enabled),
            missing_submission_deduction = coalesce($4, missing_submission_deduction),
            late_submission_deduction_enabled = coalesce($5, late_submission_deduction_enabled),
            late_submission_deduction = coalesce($6, late_submission_deduction),
            late_submission_interval = coalesce($7, late_submission_interval),
            late_submission_minimum_percent_enabled = coalesce($8, late_submission_minimum_percent_enabled),
            late_submission_minimum_percent = coalesce($9, late_submission_minimum_percent), updated_at = now()
        WHERE institution_id = $1 AND course_id = $2 RETURNING id
        """
}
