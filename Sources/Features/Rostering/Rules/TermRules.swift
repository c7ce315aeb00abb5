/// A term, as far as imports go.
struct TermRecord: RosterRecord {
    var name: String
    var integrationID: String?
    var startAt: Int64?
    var endAt: Int64?
    var state = "active"
    var stuck: [String] = []
    var isKnown = true
}

/// A row of terms.csv.
struct TermRow: Hashable, Sendable {
    let number: Int
    let sisID: String
    private let name: String?
    private let integrationID: String??
    private let startAt: Int64??
    private let endAt: Int64??
    private let isDeleted: Bool

    init(_ row: RosterRow) throws(RowRefusal) {
        guard row.text(.dateOverride) == nil else {
            throw RowRefusal("dates for a type of enrolment alone are not supported")
        }
        number = row.number
        sisID = try row.sisID(.termID)
        name = try row.name(.name)
        integrationID = try row.change(.integrationID)
        startAt = try row.time(.startDate)
        endAt = try row.time(.endDate)
        isDeleted = try row.status(["active", "deleted"]) == "deleted"
    }

    /// What the term shall be; `nil` where there is none and shall be none.
    ///
    /// - Parameters:
    ///   - now: The term as it is.
    ///   - isHeld: Whether courses are in it, or courses that name no term are.
    ///   - rules: What is done with stuck fields.
    /// - Returns: The term.
    /// - Throws: A refusal.
    func wanted(now: TermRecord?, isHeld: Bool, _ rules: StickyRules) throws(RowRefusal) -> TermRecord? {
        if isDeleted {
            guard var record = now else { return nil }
            guard record.state == "deleted" || !isHeld else {
                throw RowRefusal("courses are in the term, or it is the default one")
            }
            record.state = "deleted"
            record.isKnown = true
            return record
        }
        guard let name = name ?? now?.name else { throw RowRefusal("name is empty") }
        var record = now ?? TermRecord(name: name)
        var sticky = StickyFields(record.stuck, rules)
        record.name = sticky.settle("name", record.name, name)
        record.startAt = sticky.settle("start_at", record.startAt, startAt)
        record.endAt = sticky.settle("end_at", record.endAt, endAt)
        if let integrationID { record.integrationID = integrationID }
        record.state = "active"
        record.stuck = sticky.names
        record.isKnown = true
        try RosterRow.checkDates(record.startAt, record.endAt)
        return record
    }
}
