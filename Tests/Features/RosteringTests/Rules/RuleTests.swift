import Courses
import JSON
import Tenancy
import Testing

@testable import Rostering

private func row(_ cells: [RosterColumn: String]) -> RosterRow { RosterRow(number: 2, cells: cells) }

private func refusal<Value>(_ body: () throws(RowRefusal) -> Value) -> String? {
    do throws(RowRefusal) {
        _ = try body()
        return nil
    } catch {
        return error.text
    }
}

struct `Roster values` {
    @Test(
        arguments: [
            ("2026-09-01", 1_788_220_800_000), ("2026-09-01T08:30:00Z", 1_788_251_400_000),
            ("2026-09-01 08:30:00", 1_788_251_400_000), ("2026-09-01T08:30", 1_788_251_400_000),
            ("2026-09-01 08:30:00-06:00", 1_788_273_000_000),
        ] as [(String, Int64)])
    func `read times as systems write them`(text: String, expected: Int64) {
        #expect(RosterRow.time(text) == expected)
    }

    @Test(arguments: [
        "", "soon", "2026-02-30", "1.9.2026", "2026-09-01T25:00:00Z", String(repeating: "9", count: 100),
    ])
    func `take nothing else for a time`(text: String) { #expect(RosterRow.time(text) == nil) }

    @Test func `tell what is absent from what is empty`() throws {
        let given = row([.startDate: "", .status: " Active "])
        #expect(try given.time(.startDate) == .some(nil))
        #expect(try given.time(.endDate) == nil)
        #expect(
            refusal { () throws(RowRefusal) in try row([.endDate: "x"]).time(.endDate) }?.contains("end_date")
                == true)
        #expect(try row([.status: "ACTIVE"]).status(["active"]) == "active")
        #expect(refusal { () throws(RowRefusal) in try row([:]).status(["active"]) } == "status is empty")
    }

    @Test func `are no formulas, wherever they stand`() {
        let columns: [RosterColumn] = [
            .userID, .loginID, .fullName, .sortableName, .shortName, .firstName, .email, .integrationID,
        ]
        for column in columns {
            var cells: [RosterColumn: String] = [
                .userID: "U", .loginID: "l", .status: "active", .fullName: "-",
            ]
            #expect(refusal { () throws(RowRefusal) in try UserRow(row(cells)) } == nil)
            cells[column] = "=cmd@x.example"
            #expect(
                refusal { () throws(RowRefusal) in try UserRow(row(cells)) }
                    == "\(column.rawValue) begins as a formula does")
        }
        let course: [RosterColumn: String] = [
            .courseID: "C", .shortName: "+A1", .longName: "L", .status: "active",
        ]
        #expect(
            refusal { () throws(RowRefusal) in try CourseRow(row(course)) }
                == "short_name begins as a formula does")
    }

    @Test func `never repeat what a row says`() {
        let secret = "s3cret\u{7}"
        for column in RosterColumn.allCases {
            var cells: [RosterColumn: String] = [
                .userID: "U", .loginID: "l", .status: "active", .courseID: "C", .sectionID: "S",
                .role: "student",
            ]
            cells[column] = secret
            let texts = [
                refusal { () throws(RowRefusal) in try UserRow(row(cells)) },
                refusal { () throws(RowRefusal) in try CourseRow(row(cells)) },
                refusal { () throws(RowRefusal) in try EnrollmentRow(row(cells)) },
                refusal { () throws(RowRefusal) in try SectionRow(row(cells)) },
                refusal { () throws(RowRefusal) in try AdminRow(row(cells)) },
            ]
            for text in texts.compactMap(\.self) { #expect(!text.contains("s3cret")) }
        }
    }
}

struct `Roster kinds` {
    static let headers: [(String, RosterKind?)] = [
        ("account_id,parent_account_id,name,status", .accounts), ("term_id,name,status", .terms),
        ("user_id,login_id,status", .users), ("course_id,short_name,long_name,status", .courses),
        ("section_id,course_id,name,status", .sections), ("xlist_course_id,section_id,status", .crossLists),
        ("course_id,user_id,role,status", .enrollments),
        ("section_id,user_integration_id,role_id,status", .enrollments),
        ("observer_id,student_id,status", .observers),
        ("user_id,account_id,role,status", .admins),
        ("user_id,account_id,role_id,status,root_account", .admins),
        ("user_id,account_id,status", nil), ("user_id,login_id,account_id,role,status", .users),
        ("Course_ID, Short_Name ,LONG_NAME,status,x", .courses),
        ("user_id,login_id", nil), ("group_id,name,status", nil), ("course_id,user_id,status", nil),
    ]

    @Test(arguments: headers)
    func `are known by their headers`(header: String, kind: RosterKind?) {
        let reader = try? RosterReader(Array("\(header)\n".utf8))
        #expect(reader?.kind == kind)
    }

    @Test func `need a header, and each column once`() {
        for text in ["", "\n\n", "user_id,user_id,login_id,status\n", "\"user_id"] {
            #expect(refusal { () throws(RowRefusal) in try RosterReader(Array(text.utf8)) } != nil)
        }
    }
}

struct `Roster reader` {
    @Test func `reads the same rows in whatever batches`() throws {
        var text = "\u{FEFF}term_id,name,status\r\n"
        for number in 1...2500 { text += "T\(number),\"Name, \(number)\",active\r\n" }
        text += "T9\r\n,,\r\nT2501,\"Last\",active"
        for size in [1, 7, 1000, 5000] {
            var reader = try RosterReader(Array(text.utf8))
            var (count, errors, last) = (0, 0, 0)
            while !reader.isOver {
                let (rows, messages, end) = reader.next(atMost: size)
                count += rows.count
                errors += messages.count
                if end > 0 { last = end }
            }
            #expect((count, errors, last) == (2502, 1, 2504))
        }
    }
}

struct `Roster rules` {
    private let keep = StickyRules()

    @Test func `classify what became of something`() {
        let now = TermRecord(name: "A")
        func change(_ body: (inout TermRecord) -> Void) -> (RosterChange, String?) {
            var wanted = now
            body(&wanted)
            let verdict = RosterVerdict(now: now, wanted: wanted)
            return (verdict.change, verdict.former)
        }
        #expect(change { _ in } == (.unchanged, nil))
        #expect(change { $0.name = "B" } == (.updated, nil))
        #expect(change { $0.state = "deleted" } == (.deleted, "active"))
        #expect(change { $0.state = "completed" } == (.concluded, "active"))
        #expect(change { $0.state = "inactive" } == (.deactivated, "active"))
        var unknown = now
        unknown.isKnown = false
        let adopted = RosterVerdict(now: unknown, wanted: now)
        #expect(adopted.change == .unchanged && adopted.record == now)
        #expect(RosterVerdict(now: now, wanted: now).record == nil)
        #expect(RosterVerdict(now: nil, wanted: now).change == .created)
        var gone = now
        gone.state = "deleted"
        #expect(RosterVerdict(now: gone, wanted: now).change == .restored)
    }

    @Test func `keep what is stuck, and what follows from it`() throws {
        let wish = try UserRow(
            row([.userID: "U", .loginID: "l", .fullName: "New Name", .status: "active", .email: ""]))
        var now = UserImage(name: "Old", sortableName: "Old", shortName: "Old", email: "a@b.c", sisID: "U")
        let plain = try wish.wanted(now: now, isAdmin: false, keep)
        #expect(plain?.name == "New Name" && plain?.sortableName == "Name, New" && plain?.email == nil)
        now.stuck = ["name"]
        let held = try wish.wanted(now: now, isAdmin: false, keep)
        #expect(held?.name == "Old" && held?.sortableName == "Old" && held?.shortName == "Old")
        let overridden = try wish.wanted(now: now, isAdmin: false, StickyRules(overrides: true, clears: true))
        #expect(overridden?.name == "New Name" && overridden?.stuck == [])
        let added = try wish.wanted(now: now, isAdmin: false, StickyRules(overrides: true, adds: true))
        #expect(added?.stuck == ["email", "name", "short_name", "sortable_name"])
        // Adding and clearing mean nothing without overriding.
        #expect(try wish.wanted(now: now, isAdmin: false, StickyRules(adds: true, clears: true)) == held)
    }

    @Test func `neither suspend nor remove an administrator`() throws {
        let now = UserImage(name: "A", sortableName: "A", shortName: "A", sisID: "U")
        for status in ["suspended", "deleted"] {
            let wish = try UserRow(row([.userID: "U", .loginID: "l", .status: status]))
            #expect(
                refusal { () throws(RowRefusal) in try wish.wanted(now: now, isAdmin: true, keep) } != nil)
            #expect(try wish.wanted(now: now, isAdmin: false, keep)?.state == status)
        }
    }

    static let courseStates: [(String, String?, String?)] = [
        ("active", nil, "unpublished"), ("active", "available", "available"),
        ("active", "unpublished", "unpublished"),
        ("active", "completed", "available"), ("active", "deleted", "unpublished"),
        ("published", nil, "available"),
        ("completed", "available", "completed"), ("deleted", "available", "deleted"), ("deleted", nil, nil),
    ]

    @Test(arguments: courseStates)
    func `lead courses from state to state`(status: String, now: String?, expected: String?) throws {
        let wish = try CourseRow(row([.courseID: "C", .shortName: "S", .longName: "L", .status: status]))
        let image = now.map { CourseImage(name: "L", code: "S", account: 1, term: 1, state: $0) }
        #expect(try wish.wanted(now: image, accountID: nil, termID: nil, StickyRules())?.state == expected)
    }

    @Test func `leave a cross-listed section where it is`() throws {
        let wish = try SectionRow(row([.sectionID: "S", .courseID: "C", .name: "N", .status: "active"]))
        let now = SectionImage(name: "N", course: 2, home: 1)
        #expect(try wish.wanted(now: now, courseID: 1, keep) == now)
        #expect(try wish.wanted(now: now, courseID: 3, keep)?.home == 3)
        let cross = try CrossListRow(row([.crossListCourseID: "X", .sectionID: "S", .status: "active"]))
        #expect(try cross.wanted(now: SectionImage(name: "N", course: 1), courseID: 2) == now)
        // Back home by way of a cross-listing is home.
        #expect(try cross.wanted(now: now, courseID: 1)?.home == nil)
    }

    @Test(arguments: [("student", EnrollmentType.student), ("TeacherEnrollment", .teacher), ("TA", .ta)])
    func `know roles by Canvas's names`(text: String, type: EnrollmentType) throws {
        let cells: [RosterColumn: String] = [.userID: "U", .courseID: "C", .role: text, .status: "active"]
        #expect(try EnrollmentRow(row(cells)).type == type)
    }

    @Test func `build trees of accounts no deeper than ten`() throws {
        var tree = AccountTree(
            root: 1, accounts: [AccountImage(id: 1, name: "Root", path: [1])], bySIS: [:], held: [])
        for depth in 2...10 {
            let wish = try AccountRow(
                row([
                    .accountID: "A\(depth)", .parentAccountID: depth == 2 ? "" : "A\(depth - 1)", .name: "N",
                    .status: "active",
                ]))
            #expect(try tree.apply(wish, newID: Int64(depth))?.wanted.path.count == depth)
        }
        let deep = try AccountRow(
            row([.accountID: "X", .parentAccountID: "A10", .name: "N", .status: "active"]))
        #expect(refusal { () throws(RowRefusal) in try tree.apply(deep, newID: 11) } != nil)
        let loop = try AccountRow(
            row([.accountID: "A2", .parentAccountID: "A5", .name: "N", .status: "active"]))
        #expect(refusal { () throws(RowRefusal) in try tree.apply(loop, newID: nil) } != nil)
        let up = try AccountRow(row([.accountID: "A9", .parentAccountID: "", .name: "N", .status: "active"]))
        #expect(try tree.apply(up, newID: nil)?.wanted.path == [1, 9])
        #expect(tree.accounts[10]?.path == [1, 9, 10])
    }

    @Test func `weigh thresholds in percent`() {
        #expect(!SISCleanup.exceeds(threshold: 10, missing: 10, of: 100))
        #expect(SISCleanup.exceeds(threshold: 10, missing: 11, of: 100))
        #expect(!SISCleanup.exceeds(threshold: nil, missing: 100, of: 100))
        #expect(!SISCleanup.exceeds(threshold: 1, missing: 0, of: 0))
        #expect(!ImportPlan.exceeds(threshold: 5, former: 100, now: 105))
        #expect(ImportPlan.exceeds(threshold: 5, former: 100, now: 106))
        #expect(ImportPlan.exceeds(threshold: 5, former: 100, now: 94))
        #expect(!ImportPlan.exceeds(threshold: nil, former: 100, now: 1))
    }

    @Test func `give tallies back as they were stored`() throws {
        var tallies = RosterTallies()
        tallies.rows = [.users: 3, .crossLists: 1]
        tallies.count("User", .created, times: 2)
        (tallies.stateChanges, tallies.errors, tallies.warnings) = (2, 1, 4)
        tallies.removed = ["Course": 5]
        tallies.flawed = ["Course"]
        #expect(RosterTallies(stored: try RosterTallies.value(tallies.stored.bytes)) == tallies)
        #expect((tallies + tallies).changes["User"] == [.created: 4])
    }
}
