/// A course, as far as imports go.
struct CourseImage: RosterRecord {
    var name: String
    var code: String
    /// `nil` for the institution's own, of a course that is not there yet.
    var account: Int64?
    /// `nil` for the default one, of a course that is not there yet.
    var term: Int64?
    var state = "unpublished"
    var startAt: Int64?
    var endAt: Int64?
    var format: String?
    var integrationID: String?
    var stuck: [String] = []
    var isKnown = true
}

/// A row of courses.csv.
struct CourseRow: Hashable, Sendable {
    let number: Int
    let sisID: String
    /// What the row names; to be looked up.
    let account: String?
    let term: String?
    private let code: String?
    private let name: String?
    private let startAt: Int64??
    private let endAt: Int64??
    private let format: String??
    private let integrationID: String??
    private let status: String

    private static let formats: Set = ["on_campus", "online", "blended"]

    init(_ row: RosterRow) throws(RowRefusal) {
        number = row.number
        sisID = try row.sisID(.courseID)
        account = try row.optionalSISID(.accountID)
        term = try row.optionalSISID(.termID)
        code = try row.name(.shortName)
        name = try row.name(.longName)
        startAt = try row.time(.startDate)
        endAt = try row.time(.endDate)
        format = try row.change(.courseFormat).map { $0?.lowercased() }
        integrationID = try row.change(.integrationID)
        status = try row.status(["active", "published", "completed", "deleted"])
        if let wish = format, let wish, !CourseRow.formats.contains(wish) {
            throw RowRefusal("course_format is none of blended, on_campus, online")
        }
    }

    /// What the course shall be; `nil` where there is none and shall be none.
    ///
    /// - Parameters:
    ///   - now: The course as it is.
    ///   - accountID: The account that ``account`` names; `nil` where it names none that is there.
    ///   - termID: The term that ``term`` names; `nil` where it names none that is there.
    ///   - rules: What is done with stuck fields.
    /// - Returns: The course.
    /// - Throws: A refusal.
    func wanted(
        now: CourseImage?, accountID: Int64?, termID: Int64?, _ rules: StickyRules
    ) throws(RowRefusal) -> CourseImage? {
        if status == "deleted", now == nil { return nil }
        guard account == nil || accountID != nil else { throw RowRefusal("account_id names no account") }
        guard term == nil || termID != nil else { throw RowRefusal("term_id names no term") }
        guard let name = name ?? now?.name ?? code else { throw RowRefusal("long_name is empty") }
        guard let code = code ?? now?.code else { throw RowRefusal("short_name is empty") }
        var record = now ?? CourseImage(name: name, code: code)
        var sticky = StickyFields(record.stuck, rules)
        record.state = sticky.settle("workflow_state", record.state, state(after: now?.state))
        if record.state != "deleted" {
            record.name = sticky.settle("name", record.name, name)
            record.code = sticky.settle("course_code", record.code, code)
            record.account = sticky.settle("account_id", record.account, accountID.map(Optional.some))
            record.term = sticky.settle("enrollment_term_id", record.term, termID.map(Optional.some))
            record.startAt = sticky.settle("start_at", record.startAt, startAt)
            record.endAt = sticky.settle("end_at", record.endAt, endAt)
            if let format { record.format = format }
            if let integrationID { record.integrationID = integrationID }
            try RosterRow.checkDates(record.startAt, record.endAt)
        }
        record.stuck = sticky.names
        record.isKnown = true
        return record
    }

    /// `active` publishes nothing: a new course, and one that comes back, wait for their teachers.
    private func state(after now: String?) -> String {
        switch status {
        case "published": "available"
        case "completed": "completed"
        case "deleted": "deleted"
        default:
            switch now {
            case nil, "deleted"?: "unpublished"
            case "completed"?: "available"
            case .some(let state): state
            }
        }
    }
}
