import HTTPTypes
import JSON
import Testing

@testable import Classroom

@Suite(.timeLimit(.minutes(5)))
struct `Live class routes` {
    private static let ofCourse = "/api/v1/courses/:course_id/live_classes"
    private static let one = "/api/v1/live_classes/:id"

    @Test func `create, change, start, end and delete a class`() async throws {
        let lecture = try await Lecture.open()
        let course = ["course_id": "\(lecture.course)"]
        let made = try await lecture.rest(
            "teacher", .post, Self.ofCourse, course,
            body: #"{"title":"Next","scheduled_at":"2026-11-22T10:00:00Z"}"#)
        #expect(made.status == 201 && made.body["workflow_state"] == "scheduled")
        #expect(made.body["scheduled_at"] == "2026-11-22T10:00:00Z" && made.body["started_at"] == .null)
        let id = ["id": "\(made.body["id"]?.int ?? 0)"]
        let changed = try await lecture.rest("teacher", .put, Self.one, id, body: #"{"title":"Later"}"#)
        #expect(changed.body["title"] == "Later" && changed.body["scheduled_at"] == "2026-11-22T10:00:00Z")
        #expect(try await lecture.rest("teacher", .post, Self.one + "/end", id).status == 409)
        let started = try await lecture.rest("teacher", .post, Self.one + "/start", id)
        #expect(started.status == 200 && started.body["workflow_state"] == "live")
        #expect(try await lecture.rest("teacher", .post, Self.one + "/start", id).status == 200)
        #expect(try await lecture.rest("teacher", .delete, Self.one, id).body["code"] == "class_live")
        #expect(
            try await lecture.rest("teacher", .post, Self.one + "/end", id).body["workflow_state"] == "ended")
        #expect(try await lecture.rest("teacher", .delete, Self.one, id).status == 204)
        #expect(try await lecture.rest("teacher", .get, Self.one, id).status == 404)
        let list = try await lecture.rest("s0", .get, Self.ofCourse, course)
        #expect(list.body.array?.map { $0["title"] } == ["Cells"])
    }

    @Test func `tell everybody in class that it has begun`() async throws {
        let lecture = try await Lecture.open(isLive: false)
        let listener = try lecture.listen(.class)
        _ = try await lecture.rest("teacher", .post, Self.one + "/start", ["id": "\(lecture.id)"])
        #expect(await listener.first("class.started")["by"]?["role"] == "instructor")
    }

    @Test(arguments: ["s0", "parent", "stranger", "foreigner"])
    func `keep others out`(login: String) async throws {
        let lecture = try await Lecture.open(isLive: false)
        let id = ["id": "\(lecture.id)", "course_id": "\(lecture.course)"]
        let isForeign = login == "foreigner"
        let denied = isForeign ? 404 : 403
        #expect(
            try await lecture.rest(login, .get, Self.one, id).status
                == (["s0", "parent"].contains(login) ? 200 : denied))
        #expect(try await lecture.rest(login, .put, Self.one, id, body: #"{"title":"x"}"#).status == denied)
        #expect(try await lecture.rest(login, .post, Self.one + "/start", id).status == denied)
        #expect(try await lecture.rest(login, .delete, Self.one, id).status == denied)
        #expect(
            try await lecture.rest(login, .post, Self.ofCourse, id, body: #"{"title":"x"}"#).status == denied)
    }

    @Test func `name what is wrong`() async throws {
        let lecture = try await Lecture.open(isLive: false)
        let course = ["course_id": "\(lecture.course)"]
        #expect(try await lecture.rest("teacher", .post, Self.ofCourse, course, body: "{}").status == 400)
        let result = try await lecture.rest(
            "teacher", .post, Self.ofCourse, course, body: #"{"title":"x","scheduled_at":"soon"}"#)
        #expect(result.status == 400)
    }
}
