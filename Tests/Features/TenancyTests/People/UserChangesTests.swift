import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `What is said of a user` {
    private func fields(_ json: JSONValue) throws -> JSONFields { try JSONFields(json, isLenient: true) }

    private func complaint(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let error as FieldError {
            return error.field
        } catch {
            return (error as? WebError)?.items.first?.field ?? (error as? WebError)?.code
        }
    }

    @Test(
        arguments: [
            (["name": "a\u{7}b"], "name"), (["short_name": ""], "short_name"), (["email": "nobody"], "email"),
            (["email": "a@b@c"], "email"), (["email": "a b@c.d"], "email"),
            (["email": "a@c.d\nBcc: x@y.z"], "email"),
            (["email": "<a@c.d>"], "email"), (["time_zone": "Mars"], "time_zone"),
            (["locale": "d e"], "locale"),
            (["avatar": ["url": "javascript:alert(1)"]], "avatar[url]"),
            (["avatar": ["url": "//elsewhere"]], "avatar[url]"),
            (["avatar": ["url": "http://plain.example/a.png"]], "avatar[url]"),
            (["event": "promote"], "event"),
        ] as [(JSONValue, String)])
    func `is refused by the field`(json: JSONValue, field: String) {
        #expect(complaint { _ = try UserChanges(try fields(json), isAdmin: true) } == field)
    }

    @Test(
        arguments: [["event": "suspend"], ["event": "unsuspend"], ["sis_user_id": "7"], ["sis_user_id": nil]]
            as [JSONValue])
    func `is an admin's where it is about standing`(json: JSONValue) {
        #expect(complaint { _ = try UserChanges(try fields(json), isAdmin: false) } == "forbidden")
        #expect(complaint { _ = try UserChanges(try fields(json), isAdmin: true) } == nil)
    }

    @Test func `sorts a new name by its last word, unless it is told how`() throws {
        let plain = try UserChanges(try fields(["name": "Ada King Lovelace"]), isAdmin: false)
        #expect(plain.values[1] == .text("Lovelace, Ada King"))
        let told = try UserChanges(
            try fields(["name": "Ada Lovelace", "sortable_name": "Ada"]), isAdmin: false)
        #expect(told.values[1] == .text("Ada"))
        #expect(told.values.last == .textArray(["name", "sortable_name"]))
    }

    @Test(
        arguments: [
            ([:], "pseudonym"), (["pseudonym": ["unique_id": ""]], "pseudonym.unique_id"),
            (["pseudonym": ["unique_id": "a b"]], "pseudonym.unique_id"),
            (["pseudonym": ["unique_id": "a", "password": "short"]], "pseudonym.password"),
            (["pseudonym": ["unique_id": "a"], "user": ["roles": ["emperor"]]], "user.roles"),
            (
                [
                    "pseudonym": ["unique_id": "a"],
                    "communication_channel": ["type": "email", "address": "x"],
                ],
                "communication_channel.address"
            ),
        ] as [(JSONValue, String)])
    func `is refused by the field where somebody is made`(json: JSONValue, field: String) {
        #expect(complaint { _ = try NewUserFields(try fields(json)) } == field)
    }

    @Test func `is a student, named like the login, unless it says otherwise`() throws {
        let new = try NewUserFields(try fields(["pseudonym": ["unique_id": "ada@school.example"]]))
        #expect(new.values[0] == .text("ada@school.example"))
        #expect(new.values.last == .textArray(["student"]))
    }
}
