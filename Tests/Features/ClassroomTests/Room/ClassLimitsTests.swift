@testable import Classroom
import JSON
@testable import LiveHub
import Telemetry
import TestKit
import Testing

private let second: Int64 = 1_000_000_000

struct `Limits of a class` {
    @Test(arguments: [(ClassMethod.send, 100, 2000), (.apply, 400, 2000), (.raise, 500, 25_000)])
    func `give students four fifths of the burst, and instructors all of it`(
        method: ClassMethod, perSecond: Int, burst: Int
    ) {
        var paces = ClassPaces(ClassLimits())
        let students = (0..<burst).count { _ in paces.take(method, isStaff: false, at: second) == nil }
        #expect(students == burst - burst / 5)
        let wait = paces.take(method, isStaff: false, at: second)
        #expect(wait == Int64(max(1, (1000 + perSecond - 1) / perSecond)))
        let staff = (0..<burst).count { _ in paces.take(method, isStaff: true, at: second) == nil }
        #expect(staff == burst / 5)
    }

    @Test func `keep kinds apart, and refill`() {
        var limits = ClassLimits()
        limits.chat = Rate(2, burst: 5)
        var paces = ClassPaces(limits)
        for _ in 0..<4 { #expect(paces.take(.send, isStaff: false, at: second) == nil) }
        #expect(paces.take(.edit, isStaff: false, at: second) == 500)
        #expect(paces.take(.apply, isStaff: false, at: second) == nil)
        #expect(paces.take(.send, isStaff: false, at: 2 * second) == nil)
    }

    @Test func `let 10,000 raise their hand in one second`() {
        var paces = ClassPaces(ClassLimits())
        for _ in 0..<10_000 { #expect(paces.take(.raise, isStaff: false, at: second) == nil) }
    }

    @Test func `are none where none are set`() {
        var paces = ClassPaces(.none)
        for _ in 0..<100_000 { #expect(paces.take(.send, isStaff: false, at: second) == nil) }
    }

    @Test func `bear a name each`() {
        #expect(Set(ClassLimitNames.all.map(\.name)).count == ClassLimitNames.all.count)
        #expect(ClassLimitNames.all.contains { $0.name == "class.chat" && $0.nature == .refusal })
    }

    // MARK: In a room

    @Test func `refuse students' chat by name and let the instructor talk on; another class is not touched`()
        async throws
    {
        var limits = ClassLimits()
        limits.chat = Rate(1, burst: 10)
        let lecture = try await Lecture.open(students: 8, limits: limits)
        for pupil in 0..<8 {
            #expect(await lecture.call("s\(pupil)", .send, #""text":"x""#)["status"] == "recorded")
        }
        let refused = await lecture.call("s0", .send, #""text":"x""#)
        #expect(refused["reason"] == "rate_limited")
        #expect(refused["limit"] == "class.chat")
        let wait = refused["retry_after_ms"]?.int ?? 0
        #expect((1...1000).contains(wait))
        #expect(await lecture.call("teacher", .send, #""text":"quiet, please""#)["status"] == "recorded")
        #expect(await lecture.call("s0", .raise)["status"] == "recorded")
    }

    @Test func `name the member's own limit, too`() async throws {
        let lecture = try await Lecture.open()
        var refused: [JSONValue] = []
        for _ in 0..<30 where refused.isEmpty {
            let answer = await lecture.call("s0", .send, #""text":"x""#)
            if answer["status"] == "refused" { refused.append(answer) }
        }
        #expect(refused.first?["reason"] == "rate_limited")
        #expect(refused.first?["limit"] == "member.chat")
        #expect(await lecture.call("s1", .send, #""text":"x""#)["status"] == "recorded")
        var reads: [JSONValue] = []
        for _ in 0..<200 where reads.isEmpty {
            let answer = await lecture.call("s0", .me)
            if answer["error"] != nil { reads.append(answer) }
        }
        #expect(reads.first?["error"] == 111)
        #expect(reads.first?["message"] == "too many requests: member.reads")
    }

    @Test func `come with the right to subscribe, and give instructors priority`() async throws {
        let lecture = try await Lecture.open()
        let (student, teacher) = (
            try #require(await lecture.grant("s0", .class)),
            try #require(await lecture.grant("teacher", .chat))
        )
        #expect(student.group != nil && student.group === teacher.group)
        #expect(!student.hasPriority && teacher.hasPriority)
        #expect(await lecture.grant("s0", .personal, id: lecture.user("s0"))?.group == nil)
    }
}
