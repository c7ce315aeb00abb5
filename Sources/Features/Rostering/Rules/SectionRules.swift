/// A section, as far as imports go.
struct SectionImage: RosterRecord {
    var name: String
    /// The course that it is in.
    var course: Int64
    /// The course that it came from, while it is cross-listed.
    var home: Int64?
    var startAt: Int64?
    var endAt: Int64?
    var integrationID: String?
    var state = "active"
    var stuck: [String] = []
    var isKnown = true
}

/// A row of sections.csv.
struct SectionRow: Hashable, Sendable {
    let number: Int
    let sisID: String
    /// The course that the row names; to be looked up.
    let course: String?
    private let name: String?
    private let startAt: Int64??
    private let endAt: Int64??
    private let integrationID: String??
    private let isDeleted: Bool

    init(_ row: RosterRow) throws(RowRefusal) {
        number = row.number
        sisID = try row.sisID(.sectionID)
        course = try row.optionalSISID(.courseID)
        name = try row.name(.name)
        startAt = try row.time(.startDate)
        endAt = try row.time(.endDate)
        integrationID = try row.change(.integrationID)
        isDeleted = try row.status(["active", "deleted"]) == "deleted"
    }

    /// What the section shall be; `nil` where there is none and shall be none.
    ///
    /// A section that is cross-listed stays where it is: the file tells where it comes from.
    ///
    /// - Parameters:
    ///   - now: The section as it is.
    ///   - courseID: The course that ``course`` names; `nil` where it names none that is there.
    ///   - rules: What is done with stuck fields.
    /// - Returns: The section.
    /// - Throws: A refusal.
    func wanted(now: SectionImage?, courseID: Int64?, _ rules: StickyRules) throws(RowRefusal)
        -> SectionImage?
    {
        if isDeleted {
            guard var record = now else { return nil }
            record.state = "deleted"
            record.isKnown = true
            return record
        }
        guard course == nil || courseID != nil else { throw RowRefusal("course_id names no course") }
        guard let course = courseID ?? now?.course else { throw RowRefusal("course_id is empty") }
        guard let name = name ?? now?.name else { throw RowRefusal("name is empty") }
        var record = now ?? SectionImage(name: name, course: course)
        var sticky = StickyFields(record.stuck, rules)
        record.name = sticky.settle("name", record.name, name)
        if record.home == nil {
            record.course = sticky.settle("course_id", record.course, courseID)
        } else if courseID != record.course {
            record.home = sticky.settle("course_id", record.home, courseID.map(Optional.some))
        }
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

/// A row of xlists.csv.
struct CrossListRow: Hashable, Sendable {
    let number: Int
    /// The course to move to; to be looked up, and made where it is not there.
    let course: String
    let section: String
    let isDeleted: Bool

    init(_ row: RosterRow) throws(RowRefusal) {
        number = row.number
        course = try row.sisID(.crossListCourseID)
        section = try row.sisID(.sectionID)
        isDeleted = try row.status(["active", "deleted"]) == "deleted"
    }

    /// What the section shall be.
    ///
    /// - Parameters:
    ///   - now: The section as it is; `nil` where it is not there.
    ///   - courseID: The course that ``course`` names, which is there by now unless the row ends a cross-listing.
    /// - Returns: The section; `nil` where there is nothing to end.
    /// - Throws: A refusal.
    func wanted(now: SectionImage?, courseID: Int64?) throws(RowRefusal) -> SectionImage? {
        guard var record = now, record.state != "deleted" else {
            throw RowRefusal("section_id names no section")
        }
        record.isKnown = true
        if isDeleted {
            guard let home = record.home, record.course == courseID else { return record }
            (record.course, record.home) = (home, nil)
            return record
        }
        guard let courseID else { throw RowRefusal("xlist_course_id names a course that was deleted") }
        guard courseID != record.course else { return record }
        let home = record.home ?? record.course
        (record.course, record.home) = (courseID, home == courseID ? nil : home)
        return record
    }
}
