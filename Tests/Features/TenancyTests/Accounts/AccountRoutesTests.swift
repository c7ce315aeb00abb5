import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `The admin of an account below the root` {
    private struct Place {
        let school: School
        let here: InstitutionID
        let account: Int
        let root: Client
        let dean: Client
    }

    private func place() async throws -> Place {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin], "dee": [.instructor]])
        let root = Client(
            school, bearer: try await school.token(of: try #require(here.users["ada"]), in: here.id))
        let dee = try #require(here.users["dee"])
        let made = try await root.send(
            .post, "/api/v1/accounts/\(here.id)/sub_accounts", ["account": ["name": "Science"]])
        let account = try #require(made.json["id"]?.int)
        let granted = try await root.send(
            .post, "/api/v1/accounts/\(account)/admins", ["user_id": .int(dee.id)])
        #expect(granted.status == 200)
        return Place(
            school: school, here: here.id, account: account, root: root,
            dean: Client(school, bearer: try await school.token(of: dee, in: here.id)))
    }

    @Test func `does not remove the account, and removes those below it`() async throws {
        let place = try await place()
        let own = "/api/v1/accounts/\(place.account)/sub_accounts"
        #expect(try await place.dean.send(.delete, "\(own)/\(place.account)").status == 404)
        let made = try await place.dean.send(.post, own, ["account": ["name": "Physics"]])
        let below = try #require(made.json["id"]?.int)
        #expect(try await place.dean.send(.delete, "\(own)/\(below)").status == 200)
    }

    @Test func `sets no id of the student information system`() async throws {
        let place = try await place()
        let path = "/api/v1/accounts/\(place.account)"
        let body: JSONValue = ["account": ["name": "Science", "sis_account_id": "SCI"]]
        #expect(try await place.dean.send(.put, path, body).status == 403)
        #expect(try await place.dean.send(.post, path + "/sub_accounts", body).status == 403)
        #expect(try await place.dean.send(.put, path, ["account": ["name": "Sciences"]]).status == 200)
        #expect(try await place.root.send(.put, path, body).status == 200)
    }

    @Test func `is told by which field what is there twice, and nothing is made`() async throws {
        let place = try await place()
        let (users, below) = ("/api/v1/accounts/self/users", "/api/v1/accounts/self/sub_accounts")
        func user(_ name: String, _ more: [(String, JSONValue)]) -> JSONValue {
            var pseudonym = JSONObject()
            _ = pseudonym.append("unique_id", .string(place.school.login(name)))
            for (name, value) in more { _ = pseudonym.append(name, value) }
            return ["pseudonym": .object(pseudonym)]
        }
        let ids: [(String, JSONValue)] = [("sis_user_id", "U1"), ("integration_id", "I1")]
        #expect(try await place.root.send(.post, users, user("one", ids)).status == 200)
        let other = try #require(try await place.root.send(.post, users, user("two", [])).json["id"]?.int)
        #expect(
            try await place.root.send(.post, below, ["account": ["name": "A", "sis_account_id": "A1"]]).status
                == 200)
        let count =
            "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM accounts) + (SELECT count(*) FROM people)"
        let before = try await place.school.count(count)
        for (method, path, body, field) in [
            (HTTPRequest.Method.post, users, user("one", []), "pseudonym.unique_id"),
            (.post, users, user("three", [ids[0]]), "pseudonym.sis_user_id"),
            (.post, users, user("three", [ids[1]]), "pseudonym.integration_id"),
            (.put, "/api/v1/users/\(other)", ["user": ["sis_user_id": "U1"]], "user.sis_user_id"),
            (.put, "/api/v1/users/\(other)", ["sis_user_id": "U1"], "sis_user_id"),
            (.post, below, ["account": ["name": "B", "sis_account_id": "A1"]], "account.sis_account_id"),
            (
                .put, "/api/v1/accounts/\(place.account)", ["account": ["sis_account_id": "A1"]],
                "account.sis_account_id"
            ),
        ] {
            let refused = try await place.root.send(method, path, body)
            #expect(refused.status == 400 && refused.code == "duplicate", "\(field)")
            #expect(refused.error?.items.map(\.field) == [field])
        }
        #expect(try await place.school.count(count) == before)
    }

    @Test func `and what users and accounts go through are in the audit log`() async throws {
        let place = try await place()
        let made = try await place.root.send(
            .post, "/api/v1/accounts/\(place.here)/users",
            ["pseudonym": ["unique_id": .string(place.school.login("new"))]])
        let user = try #require(made.json["id"]?.int)
        for body in [
            ["user": ["email": "new@here.example"]], ["user": ["event": "suspend"]],
            ["user": ["event": "unsuspend"]], ["user": ["bio": "Nothing"]],
        ] as [JSONValue] {
            #expect(try await place.root.send(.put, "/api/v1/users/\(user)", body).status == 200)
        }
        _ = try await place.root.send(.delete, "/api/v1/accounts/\(place.here)/users/\(user)")
        _ = try await place.root.send(
            .put, "/api/v1/accounts/\(place.here)", ["account": ["name": "Elsewhere"]])
        _ = try await place.root.send(
            .delete, "/api/v1/accounts/\(place.here)/sub_accounts/\(place.account)")
        let listed = try await place.root.send(.get, "/api/v1/audit/events?per_page=100")
        let text = String(decoding: listed.body, as: UTF8.self)
        for kind in [
            "user.created", "user.changed", "user.suspended", "user.unsuspended", "user.deleted",
            "account.created", "account.changed", "account.deleted", "institution.changed",
        ] {
            #expect(text.contains("\"\(kind)\""), "\(kind)")
        }
        #expect(!text.contains("new@here.example"))
        let nobodys = try await place.school.count(
            """
            SELECT count(*) FROM audit_events WHERE institution_id = \(place.here) AND actor_id IS NULL
                AND (subject_id = \(user) OR kind LIKE 'account.%' OR kind LIKE 'institution.%')
            """)
        #expect(nobodys == 0)
    }
}
