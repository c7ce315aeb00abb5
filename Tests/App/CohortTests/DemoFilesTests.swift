import Assessment
import Foundation
import JSON
import Testing

@testable import Cohort

struct `Demo's files` {
    private func folder() throws -> String {
        let path = "/tmp/cohort-demo-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int) ?? 0
    }

    private func member(_ id: Int64) -> DemoCast.Member {
        DemoCast.Member(id: id, name: "N \(id)", login: "l\(id)", password: "p", token: "t\(id)")
    }

    private func school(_ id: Int64) -> DemoCast.School {
        DemoCast.School(
            id: id, name: "School \(id)", admin: member(1), instructor: member(2), parent: member(3),
            students: (4..<34).map { member(Int64($0)) })
    }

    @Test func `the ready file has the members that scripts rely on`() throws {
        let ready = ReadyFile(
            baseURL: "http://127.0.0.1:1", liveURL: "ws://127.0.0.1:1/connection/websocket", pid: 7,
            tokenSecret: "secret", course: 1, liveClass: 2, quiz: 3, schools: [school(1), school(2)])
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/ready.json"
        try "old".write(toFile: path, atomically: true, encoding: .utf8)
        try ready.write(to: path)
        #expect(try mode(path) == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["ready.json"])

        let value = try JSONReader.read(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        let names = value.object?.members.map(\.name)
        #expect(
            names == [
                "base_url", "ws_url", "pid", "token_secret", "course_id", "class_id", "quiz_id",
                "institutions",
            ])
        let first = try #require(value["institutions"]?.array?.first)
        #expect(first.object?.members.map(\.name) == ["id", "name", "users"])
        let users = try #require(first["users"])
        #expect(users.object?.members.map(\.name) == ["admin", "instructor", "parent", "students"])
        #expect(users["students"]?.array?.count == 30)
        #expect(
            users["admin"]?.object?.members.map(\.name) == ["id", "name", "login", "password", "api_token"])
        #expect(users["admin"]?["api_token"]?.string == "t1")
    }

    @Test func `the ready file has the nodes when there are several`() throws {
        var ready = ReadyFile(
            baseURL: "b", liveURL: "l", pid: 7, tokenSecret: "s", course: 1, liveClass: 2, quiz: 3,
            schools: [])
        ready.nodes = [
            .init(name: "node-1", pid: 8, baseURL: "http://127.0.0.1:1", liveURL: "ws://127.0.0.1:1/x"),
            .init(name: "node-2", pid: nil, baseURL: "", liveURL: ""),
        ]
        ready.redisURL = "redis://:p@127.0.0.1:2"
        ready.balancerPid = 9
        let value = try JSONReader.read(ready.json.bytes)
        let nodes = try #require(value["nodes"]?.array)
        #expect(nodes[0].object?.members.map(\.name) == ["name", "pid", "base_url", "ws_url"])
        #expect(nodes[0]["pid"]?.int == 8 && nodes[1]["pid"]?.int == nil)
        #expect(value["redis_url"]?.string == "redis://:p@127.0.0.1:2")
        #expect(value["balancer_pid"]?.int == 9 && value["redis_pid"]?.int == nil)
    }

    @Test func `the state comes back as it was written, and only its owner may read it`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var state = DemoState.fresh()
        #expect(state.secret.utf8.count == 64)
        var school = DemoState.School(id: 9)
        school.course = 1
        school.section = 2
        school.quiz = 3
        school.liveClass = 4
        school.hasOtherClasses = true
        school.hasContent = true
        school.tokens = ["a@x.example": "t"]
        state.schools["School"] = school
        try state.write(folder + "/demo.json")
        #expect(try mode(folder + "/demo.json") == 0o600)
        #expect(try DemoState.read(folder + "/demo.json") == state)
        #expect(try DemoState.read(folder + "/none.json") == nil)
        try "{}".write(toFile: folder + "/other.json", atomically: true, encoding: .utf8)
        #expect(try DemoState.read(folder + "/other.json") == nil)
    }

    @Test(arguments: DemoSchool.all)
    func `everybody has a login of their own`(school: DemoSchool) {
        let names = [school.admin, school.instructor, school.parent] + school.students
        #expect(school.students.count == 30)
        #expect(Set(names).count == 33)
        let logins = names.map(school.login)
        #expect(Set(logins).count == 33)
        #expect(logins.allSatisfy { $0.utf8.allSatisfy { $0 < 128 && $0 > 32 } })
        #expect(logins.allSatisfy { $0.split(separator: "@")[0].split(separator: ".").count >= 2 })
        #expect(Set(school.quiz.questions.map(\.type)).count == 5)
    }
}
