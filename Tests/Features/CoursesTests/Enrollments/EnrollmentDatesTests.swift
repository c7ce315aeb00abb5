import Postgres
import Testing
import WebServer

@testable import Courses

/// What an enrolment's dates come to; times are days, and now is day 10.
struct `Dates of enrolments` {
    struct Case: Sendable, CustomTestStringConvertible {
        var type = "StudentEnrollment"
        var own: (Int?, Int?) = (nil, nil)
        var section: (Int?, Int?) = (nil, nil)
        var sectionRestricts = false
        var course: (Int?, Int?) = (nil, nil)
        var courseRestricts = false
        var term: (Int?, Int?) = (nil, nil)
        var phase: Enrollment.Phase

        var testDescription: String {
            "\(type) \(own) \(section) \(sectionRestricts) \(course) \(courseRestricts) \(term) is \(phase)"
        }
    }

    private static let cases: [Case] = [
        Case(phase: .current),
        // The term's, where nothing restricts.
        Case(term: (11, 20), phase: .future), Case(term: (1, 9), phase: .past),
        Case(term: (1, 20), phase: .current),
        Case(term: (10, 10), phase: .current), Case(term: (nil, 9), phase: .past),
        Case(section: (11, 20), course: (1, 9), phase: .current),
        // The course's before the term's, the section's before the course's, one's own before all.
        Case(course: (1, 9), courseRestricts: true, term: (1, 20), phase: .past),
        Case(course: (1, 20), courseRestricts: true, term: (1, 9), phase: .current),
        Case(course: (11, nil), courseRestricts: true, phase: .future),
        Case(section: (1, 9), sectionRestricts: true, course: (1, 20), courseRestricts: true, phase: .past),
        Case(
            section: (1, 20), sectionRestricts: true, course: (1, 9), courseRestricts: true, phase: .current),
        Case(section: (11, 20), sectionRestricts: true, phase: .future),
        Case(own: (1, 20), section: (1, 9), sectionRestricts: true, phase: .current),
        Case(own: (11, 20), phase: .future), Case(own: (1, 9), term: (1, 20), phase: .past),
        // Half of one's own dates is none.
        Case(own: (11, nil), phase: .current), Case(own: (nil, 9), phase: .current),
        // Staff come in before the term, and stay until it ends.
        Case(type: "TeacherEnrollment", term: (11, 20), phase: .current),
        Case(type: "TaEnrollment", term: (1, 9), phase: .past),
        Case(
            type: "DesignerEnrollment", course: (1, 9), courseRestricts: true, term: (1, 20), phase: .current),
        Case(
            type: "TeacherEnrollment", course: (1, 20), courseRestricts: true, term: (1, 9), phase: .current),
        Case(type: "TeacherEnrollment", section: (1, 9), sectionRestricts: true, term: (1, 9), phase: .past),
        Case(type: "TeacherEnrollment", own: (11, 20), phase: .future),
        Case(type: "ObserverEnrollment", term: (1, 9), phase: .past),
    ]

    private static let day: Int64 = 86_400_000

    @Test(arguments: cases) func `decide by Canvas's precedence`(the: Case) async throws {
        func time(_ days: Int?) -> PostgresValue {
            .timestamp(milliseconds: days.map { Int64($0) * Self.day })
        }
        let campus = try await Campus.open()
        let values: [PostgresValue] = [
            .text(the.type), time(the.own.0), time(the.own.1), .bool(the.sectionRestricts),
            time(the.section.0), time(the.section.1), .bool(the.courseRestricts), time(the.course.0),
            time(the.course.1), time(the.term.0), time(the.term.1), time(10),
        ]
        let found = try await campus.onLoop { context in
            try await context.pool.query(
                "SELECT courses_enrollment_phase($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", values,
                tenant: nil)[0].text(0)
        }
        #expect(found == the.phase.rawValue)
    }
}
