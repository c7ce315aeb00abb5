import Content
import EventLoop
import Foundation
import HTTPTypes
import JSON
import Postgres
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Privacy

private let erasures = "/api/v1/accounts/self/erasures"

extension Office {
    /// Asks for an erasure and confirms it.
    fileprivate func erase(_ user: Int64) async throws -> Int {
        let asked = try await send(.post, erasures, ["user_id": .int(user)])
        let id = asked.json["id"]?.int ?? 0
        #expect(asked.status == 200)
        #expect(asked.json["workflow_state"] == "requested")
        let confirmed = try await send(.post, "\(erasures)/\(id)/confirm")
        #expect(confirmed.json["workflow_state"] == "confirmed")
        return id
    }
}

struct `Erasing a user` {
    @Test func `leaves no trace of what they wrote, and keeps their results under a pseudonym`() async throws
    {
        let office = try await Office.open()
        try await office.leaveTraces()
        let file = try await office.addFile("second.txt", "Second Marked", of: office.ada)
        #expect(FileManager.default.fileExists(atPath: file.path))
        #expect(try await !office.traces(of: "Marked").isEmpty)
        office.startWorker()
        let id = try await office.erase(office.ada.user)
        let done = try await office.wait("\(erasures)/\(id)") { $0["workflow_state"] == "completed" }
        #expect(done["user_id"]?.int == Int(office.ada.user))

        #expect(try await office.traces(of: "Marked") == [])
        #expect(try await office.traces(of: "ada@login.example") == [])
        #expect(try await office.traces(of: "192.0.2.77") == [])
        #expect(!FileManager.default.fileExists(atPath: file.path))
        let user = office.ada.user
        #expect(
            try await office.texts("SELECT score::text FROM grade_cells WHERE user_id = \(user)") == ["4"])
        #expect(
            try await office.texts("SELECT name || ' ' || workflow_state FROM users WHERE id = \(user)")
                == ["Erased user deleted"])
        for table in [
            "sessions", "access_tokens", "observer_links", "pairing_codes", "files", "folders", "oidc_links",
        ] {
            let column =
                table == "observer_links" ? "parent_id" : table == "pairing_codes" ? "child_id" : "user_id"
            #expect(
                try await office.texts("SELECT 1::text FROM \(table) WHERE \(column) = \(user)") == [],
                "\(table)")
        }
        // What others wrote stays.
        #expect(try await office.traces(of: "Entry of Bob").count == 1)
        #expect(try await office.traces(of: "Chat of Bob").count == 1)
        #expect(try await office.texts("SELECT count(*)::text FROM people WHERE login = 'bob'") == ["1"])
        #expect(
            try await office.texts(
                "SELECT remote_address FROM audit_events WHERE subject_id = \(user) AND remote_address IS NOT NULL"
            )
                == ["198.51.100.1"])
        let noted = try await office.texts(
            "SELECT kind FROM audit_events WHERE kind LIKE 'erasure.%' AND subject_id = \(user) ORDER BY id")
        #expect(noted == ["erasure.confirmed", "erasure.completed"])
    }

    @Test func `takes the person away with their last user, and not before`() async throws {
        let office = try await Office.open()
        let elsewhere = try await office.loop.perform { [office] in
            try await Directory(pool: office.pool.value).createUser(
                NewUser(login: "ada@login.example", name: "Ada", roles: [.student], passwordHash: nil),
                in: office.there)
        }
        office.startWorker()
        let first = try await office.erase(office.ada.user)
        _ = try await office.wait("\(erasures)/\(first)") { $0["workflow_state"] == "completed" }
        #expect(
            try await office.texts("SELECT login FROM people WHERE id = \(elsewhere.person)") == [
                "ada@login.example"
            ])
        let (boss, token) = try await office.loop.perform { [office] in
            let pool = office.pool.value
            let boss = try await Directory(pool: pool).createUser(
                NewUser(login: "boss", name: "Boss", roles: [.admin], passwordHash: nil), in: office.there)
            return (boss, try await Office.token(of: boss.id, in: office.there, pool))
        }
        let there = Principal(
            institution: office.there, user: boss.id, person: boss.person, name: "Boss", login: "boss",
            roles: ["admin"], credential: .bearer(token: token))
        let asked = try await office.send(.post, erasures, ["user_id": .int(elsewhere.id)], as: there)
        let second = asked.json["id"]?.int ?? 0
        try await office.send(.post, "\(erasures)/\(second)/confirm", as: there)
        _ = try await office.wait("\(erasures)/\(second)", as: there) { $0["workflow_state"] == "completed" }
        #expect(try await office.texts("SELECT login FROM people WHERE id = \(elsewhere.person)") == [])
    }

    @Test func `shuts them out with the confirmation, before anything is erased`() async throws {
        let office = try await Office.open()
        try await office.leaveTraces()
        let id = try await office.erase(office.ada.user)
        let user = office.ada.user
        #expect(try await office.texts("SELECT 1::text FROM sessions WHERE user_id = \(user)") == [])
        #expect(try await office.texts("SELECT workflow_state FROM users WHERE id = \(user)") == ["deleted"])
        #expect(try await !office.texts("SELECT 1::text FROM revocations WHERE user_id = \(user)").isEmpty)
        // Again, and nothing changes.
        let again = try await office.send(.post, "\(erasures)/\(id)/confirm")
        #expect(again.status == 200)
        #expect(
            try await office.texts("SELECT count(*)::text FROM jobs WHERE kind = 'privacy.erasure'") == ["1"])
        #expect(
            try await office.send(.post, erasures, ["user_id": .int(user)]).json["workflow_state"]
                == "confirmed")
    }

    @Test func `is carried on with after its job died in the middle`() async throws {
        let office = try await Office.open()
        try await office.leaveTraces()
        let id = try await office.erase(office.ada.user)
        // As a worker leaves it that is killed: some tables are done, the job is dead.
        let statements = Office.tables.compactMap(\.erasing).prefix(6)
        try await office.loop.perform { [office] in
            for statement in statements {
                try await office.pool.value.query(
                    statement, [.int(office.here.rawValue), .int(office.ada.user), .int(1000)],
                    tenant: office.here)
            }
        }
        try await office.run(
            "UPDATE job_heads SET state = 'dead', finished_at = now() WHERE kind = 'privacy.erasure'")
        #expect(try await office.send(.get, "\(erasures)/\(id)").json["workflow_state"] == "failed")
        #expect(
            try await office.send(.post, "\(erasures)/\(id)/confirm").json["workflow_state"] == "confirmed")
        office.startWorker()
        _ = try await office.wait("\(erasures)/\(id)") { $0["workflow_state"] == "completed" }
        #expect(try await office.traces(of: "Marked") == [])
    }

    @Test func `takes back the exports that hold them, and empties kept answers about them`() async throws {
        let office = try await Office.open()
        let (place, ada, bob) = (office.here.rawValue, office.ada.user, office.bob.user)
        office.startWorker()
        let about = "/api/v1/users/\(ada)/data_exports"
        let reports = "/api/v1/accounts/self/reports"
        let made = [
            (about, try await office.report(about)),
            (reports + "/institution_export", try await office.report(reports + "/institution_export")),
            (reports + "/provisioning_csv", try await office.report(reports + "/provisioning_csv")),
        ]
        let files = [
            try await office.path(of: made[0].1), try await office.path(of: made[1].1),
            try await office.path(of: made[2].1),
        ]
        let bobs = "/api/v1/users/\(bob)/data_exports"
        let other = try await office.report(bobs)
        try await office.run(
            """
            INSERT INTO idempotency_keys (institution_id, user_id, key, digest, status, body) VALUES
                (\(place), \(office.admin.user), 'made', sha256('1'), 200, '{"id":\(ada),"name":"Ada Before"}'),
                (\(place), \(bob), 'entry', sha256('2'), 200, '{"id":7,"author":{"user_id":"\(ada)"},"is":"höre"}'),
                (\(place), \(bob), 'alike', sha256('3'), 200, '{"id":7,"name":"Bob","user_id":\(ada)0}')
            """)
        let id = try await office.erase(ada)
        _ = try await office.wait("\(erasures)/\(id)") { $0["workflow_state"] == "completed" }

        for file in files { #expect(!FileManager.default.fileExists(atPath: file)) }
        for (path, report) in made.dropFirst() {
            let told = try await office.send(.get, "\(path)/\(report["id"]?.int ?? 0)")
            #expect(told.json["file_url"] == .null)
        }
        #expect(
            try await office.texts("SELECT workflow_state FROM account_reports WHERE subject_id = \(ada)")
                == ["deleted"])
        #expect(FileManager.default.fileExists(atPath: try await office.path(of: other)))
        #expect(
            try await office.texts(
                "SELECT key || ' ' || status || ' ' || (body IS NULL) FROM idempotency_keys ORDER BY key")
                == ["alike 200 false", "entry 200 true", "made 200 true"])
    }

    @Test func `has a report made anew whose rows were read before`() async throws {
        let office = try await Office.open()
        let reports = "/api/v1/accounts/self/reports/provisioning_csv"
        let asked = try await office.send(.post, reports)
        let id = asked.json["id"]?.int ?? 0
        // The report is kept under a lock that waits for this.
        try await office.loop.perform { [office] in
            try await office.pool.value.transaction(tenant: office.here) { transaction in
                try await transaction.query(ReportQueries.lock, [.int(office.here.rawValue)])
                office.startWorker()
                while try await office.texts("SELECT 1::text FROM pg_locks WHERE NOT granted").isEmpty {
                    await office.pause()
                }
                try await office.run(
                    """
                    INSERT INTO privacy_erasures (institution_id, user_id, requested_by, workflow_state)
                    VALUES (\(office.here.rawValue), \(office.ada.user), \(office.admin.user), 'completed')
                    """)
            }
        }
        while try await office.texts("SELECT 1::text FROM jobs WHERE errors::text LIKE '%outdated%'").isEmpty
        {
            try await office.loop.perform { [office] in await office.pause() }
        }
        #expect(try await office.texts("SELECT 1::text FROM artifacts") == [])
        try await office.run("UPDATE job_heads SET run_at = now() WHERE state = 'available'")
        let done = try await office.wait("\(reports)/\(id)") { $0["status"] == "complete" }
        #expect(FileManager.default.fileExists(atPath: try await office.path(of: done)))
    }

    @Test func `is refused for admins, strangers, and after an hour`() async throws {
        let office = try await Office.open()
        #expect(try await office.send(.post, erasures, ["user_id": .int(office.admin.user)]).status == 409)
        #expect(
            try await office.send(.post, erasures, ["user_id": .int(office.bob.user)], as: office.ada).status
                == 403)
        let asked = try await office.send(.post, erasures, ["user_id": .int(office.bob.user)])
        try await office.run("UPDATE privacy_erasures SET created_at = now() - interval '2 hours'")
        let late = try await office.send(.post, "\(erasures)/\(asked.json["id"]?.int ?? 0)/confirm")
        #expect(late.status == 409)
        #expect(late.json["code"] == "request_expired")
    }
}

struct `Declared tables` {
    @Test func `can be erased by the application's role, each by itself and again`() async throws {
        let office = try await Office.open()
        try await office.leaveTraces()
        try await office.run("UPDATE users SET workflow_state = 'deleted' WHERE id = \(office.ada.user)")
        // Files go before their folders.
        try await office.loop.perform { [office] in
            let sweep = ContentSweep(
                pool: office.pool.value, storage: office.place.storage, institution: office.here)
            _ = try await sweep.run(.user(office.ada.user))
        }
        for table in Office.tables {
            guard let statement = table.erasing else { continue }
            let counts = try await office.loop.perform { [office] in
                var counts: [Int64] = []
                for _ in 0..<2 {
                    let rows = try await office.pool.value.query(
                        statement, [.int(office.here.rawValue), .int(office.ada.user), .int(1000)],
                        tenant: office.here)
                    counts.append(try TableDeclaration.erased(rows))
                }
                return counts
            }
            #expect(counts[1] == 0, "\(table.table) changes again")
        }
    }
}
