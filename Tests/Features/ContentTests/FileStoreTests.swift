import EventLoop
import Postgres
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Content

struct `File store` {
    private func used(_ archive: Archive) async throws -> [String: Int] {
        var result: [String: Int] = [:]
        for row in try await archive.sql(
            "SELECT coalesce('course ' || course_id, 'user ' || user_id, 'institution'), bytes_used::text FROM content_usage"
        ) {
            result[row[0] ?? ""] = Int(row[1] ?? "")
        }
        return result
    }

    /// What the files that are there add up to, without the counters.
    private func stored(_ archive: Archive) async throws -> Int {
        let rows = try await archive.sql(
            "SELECT coalesce(sum(size), 0)::text FROM files WHERE workflow_state <> 'deleted'")
        return Int(rows[0][0] ?? "") ?? -1
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? WebError)?.code ?? "\(error)"
        }
    }

    @Test func `counts what is added, replaced and removed`() async throws {
        let archive = try await Archive.open()
        let course = "course \(archive.course)"
        let first = try await archive.add("a.txt", size: 100)
        try await archive.add("b.txt", size: 7)
        #expect(try await used(archive) == [course: 107, "institution": 107])
        try await archive.add("a.txt", size: 30)
        #expect(try await used(archive) == [course: 37, "institution": 37])
        #expect(
            try await archive.sql(
                "SELECT workflow_state, (replaced_by > id)::text FROM files WHERE id = \(first)")
                == [["deleted", "true"]])
        try await archive.add(
            "mine", size: 5, by: archive.students[0], context: .user(archive.students[0].user))
        #expect(
            try await used(archive)
                == [course: 37, "user \(archive.students[0].user)": 5, "institution": 42])
        let second = try await archive.add("c.txt", size: 1)
        try await archive.call(as: archive.staff) { call in
            let file = try await ContentAccess(call).file(second).file
            try await call.pool.transaction(tenant: call.institution) {
                try await FileStore($0, call.institution, call.content.settings).delete(file)
            }
        }
        #expect(try await used(archive)["institution"] == 42)
        #expect(try await stored(archive) == 42)
    }

    @Test func `takes no more than the quotas, whichever is met`() async throws {
        let archive = try await Archive.open {
            $0.courseQuota = 100
            $0.userQuota = 50
            $0.institutionQuota = 120
        }
        let ada = archive.students[0]
        try await archive.add("a", size: 100)
        #expect(await code { try await archive.add("b", size: 1) } == "quota_exceeded")
        // The same name again takes the place of what was there.
        try await archive.add("a", size: 90)
        try await archive.add("c", size: 10)
        #expect(
            await code { try await archive.add("d", size: 51, by: ada, context: .user(ada.user)) }
                == "quota_exceeded")
        // There is room for 20 in the institution.
        #expect(
            await code { try await archive.add("d", size: 21, by: ada, context: .user(ada.user)) }
                == "quota_exceeded")
        try await archive.add("d", size: 20, by: ada, context: .user(ada.user))
        #expect(try await used(archive)["institution"] == 120)
        #expect(try await stored(archive) == 120)
        // A quota of its own counts more than the usual one.
        try await archive.sql(
            "UPDATE content_usage SET quota_bytes = 0 WHERE user_id IS NOT NULL RETURNING 'done'")
        #expect(
            await code { try await archive.add("e", size: 1, by: ada, context: .user(ada.user)) }
                == "quota_exceeded")
        try await archive.sql("UPDATE content_usage SET quota_bytes = 1000 RETURNING 'done'")
        try await archive.add("e", size: 500, by: ada, context: .user(ada.user))
    }

    @Test func `counts right when many come at once`() async throws {
        let archive = try await Archive.open { $0.courseQuota = 55 }
        let results = await withTaskGroup(of: String?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    await code { try await archive.add("file \(number % 10)", size: 10, .rename) }
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(results.filter { $0 == nil }.count == 5)
        #expect(results.filter { $0 == "quota_exceeded" }.count == 15)
        #expect(try await stored(archive) == 50)
        #expect(try await used(archive)["institution"] == 50)
    }

    @Test func `gives each file of a folder its own name when many come at once`() async throws {
        let archive = try await Archive.open()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<12 { group.addTask { _ = try? await archive.add("same.txt", .rename) } }
        }
        let names = try await archive.sql("SELECT display_name FROM files ORDER BY 1").compactMap { $0[0] }
        #expect(Set(names) == Set(["same.txt"] + (1...11).map { "same-\($0).txt" }))
    }

    @Test func `finds the first file of an upload that is sent again`() async throws {
        let archive = try await Archive.open()
        let first = try await archive.add("a", uuid: 5)
        #expect(try await archive.add("a", uuid: 5) == first)
        #expect(try await archive.add("a", uuid: 6) != first)
        // It stays the answer, even when the file has been replaced since.
        #expect(try await archive.add("a", uuid: 5) == first)
        #expect(try await stored(archive) == 10)
    }

    @Test func `makes one file of an upload that is sent several times at once`() async throws {
        let archive = try await Archive.open()
        let made = await withTaskGroup(of: Int64?.self) { group in
            for _ in 0..<8 { group.addTask { try? await archive.add("a", uuid: 5) } }
            return await group.reduce(into: [Int64?]()) { $0.append($1) }
        }
        #expect(Set(made).count == 1 && made[0] != nil)
        #expect(try await stored(archive) == 10)
    }

    @Test func `says how much room there is, by the narrowest quota and what is replaced`() async throws {
        let archive = try await Archive.open {
            $0.courseQuota = 100
            $0.institutionQuota = 120
        }
        func room(_ name: String, _ policy: DuplicatePolicy = .overwrite, _ context: FileContext? = nil)
            async throws -> Int64?
        {
            let (place, institution, staff) = (
                context ?? .course(archive.course), archive.institution, archive.staff.user
            )
            return try await archive.change { files, folders in
                let folder = try await folders.root(of: place)
                let ticket = UploadTicket(
                    uuid: PostgresUUID(high: 2, low: 2), institution: institution, user: staff,
                    context: place,
                    folder: folder, filename: try #require(FileName(name)), contentType: "text/plain",
                    size: 1,
                    onDuplicate: policy, expiresAt: 0)
                return try await files.room(for: ticket)
            }
        }
        #expect(try await room("a") == 100)
        try await archive.add("a", size: 90)
        #expect(try await room("b") == 10)
        #expect(try await room("a") == 100)
        #expect(try await room("a", .rename) == 10)
        #expect(try await room("b", .rename, .user(archive.staff.user)) == 30)
    }

    @Test func `keeps institutions apart`() async throws {
        let archive = try await Archive.open()
        let id = try await archive.add("a")
        let other = try await archive.loop.perform {
            try await Directory(pool: archive.context.value.pool).createInstitution(name: "Other").id
        }
        var stranger = archive.staff
        stranger.institution = other
        stranger.roles = ["admin"]
        let outsider = stranger
        for statement in [
            "SELECT id FROM files", "SELECT id FROM folders", "SELECT bytes_used FROM content_usage",
        ] {
            let count = try await archive.loop.perform {
                try await archive.context.value.pool.query(
                    Statement(statement, isPrepared: false), [], tenant: other
                ).count
            }
            #expect(count == 0, "\(statement)")
        }
        #expect(try await archive.refusal(of: id, as: outsider) == 404)
    }
}

struct `What an institution decides` {
    @Test func `counts at once, and can be taken back`() async throws {
        let archive = try await Archive.open { $0.courseQuota = 10 }
        let id = try await archive.add("a", size: 10)
        let (institution, course) = (archive.institution, archive.course)
        #expect(try await archive.refusal(of: id, as: archive.students[0]) == 403)
        try await archive.call(as: archive.staff) { call in
            let policies = ContentPolicies(pool: call.pool)
            try await policies.setRequiresScan(false, in: institution)
            try await policies.setQuota(25, of: .files(.course(course)), in: institution)
            try await policies.setQuota(22, of: .institution, in: institution)
        }
        #expect(try await archive.refusal(of: id, as: archive.students[0]) == nil)
        try await archive.add("b", size: 12)
        await #expect(throws: WebError.self) { try await archive.add("c", size: 1) }
        try await archive.call(as: archive.staff) { call in
            let policies = ContentPolicies(pool: call.pool)
            try await policies.setRequiresScan(true, in: institution)
            try await policies.setQuota(nil, of: .institution, in: institution)
        }
        try await archive.add("c", size: 1)
        #expect(try await archive.refusal(of: id, as: archive.students[0]) == 403)
    }

    @Test func `is about what is there`() async throws {
        let archive = try await Archive.open()
        let institution = archive.institution
        let state = try await archive.call(as: archive.staff) { call in
            do throws(PostgresError) {
                try await ContentPolicies(pool: call.pool).setQuota(
                    1, of: .files(.course(999)), in: institution)
                return SQLState?.none
            } catch {
                return error.state
            }
        }
        #expect(state == .foreignKeyViolation)
    }
}
