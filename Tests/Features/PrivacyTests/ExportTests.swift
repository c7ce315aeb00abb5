import Content
import EventLoop
import Foundation
import HTTPTypes
import JSON
import JobQueue
import Postgres
import Rostering
import Tenancy
import TestKit
import Testing
import WebServer
import Zip

@testable import Privacy

private let reports = "/api/v1/accounts/self/reports"

struct `The export of one person` {
    @Test func `holds what every table has of them, and their files, and nobody else's`() async throws {
        let office = try await Office.open()
        try await office.leaveTraces()
        try await office.addFile("bobs.txt", "Bytes of Bob", of: office.bob)
        office.startWorker()
        let path = "/api/v1/users/\(office.ada.user)/data_exports"
        let done = try await office.report(path, as: office.ada)
        #expect(done["report"] == "data_export")
        #expect(done["progress"]?.int == 100)
        #expect(done["file_url"]?.string?.contains("/content/\(office.here.rawValue)/") == true)
        let archive = try await office.archive(of: done)

        #expect(try archive.json("person.json")["login"] == "ada@login.example")
        #expect(try archive.json("tables/users.json").array?.first?["email"] == "ada-marked@mail.example")
        #expect(try archive.json("tables/grade_cells.json").array?.first?["score"]?.double == 4)
        #expect(try archive.json("tables/live_events.json").array?.count == 4)
        #expect(try archive.json("tables/discussion_entries.json").array?.count == 1)
        let file = try #require(archive.entries.first { $0.name.hasSuffix("-file-Marked.txt") })
        #expect(try archive.content(of: file) == Array("Bytes Marked".utf8))
        let page = try #require(try archive.text("index.html"))
        #expect(page.contains("<h1>Ada Marked</h1>"))
        // Nothing that opens doors, nobody else's address, nobody else's words.
        for entry in archive.entries {
            let text = String(decoding: try archive.content(of: entry), as: UTF8.self)
            for secret in ["csrf-Marked", "token_hash", "198.51.100.1", "of Bob", "password_hash"] {
                #expect(!text.contains(secret), "\(secret) in \(entry.name)")
            }
        }
    }

    @Test func `is for whoever asked alone`() async throws {
        let office = try await Office.open()
        office.startWorker()
        let path = "/api/v1/users/\(office.ada.user)/data_exports"
        let own = try await office.report(path, as: office.ada)
        let id = own["id"]?.int ?? 0
        #expect(try await office.send(.get, "\(path)/\(id)", as: office.admin).status == 404)
        #expect(try await office.send(.get, path, as: office.admin).json.array?.count == 0)
        #expect(try await office.send(.get, path, as: office.bob).status == 403)
        #expect(try await office.send(.post, path, as: office.bob).status == 403)
        let admins = try await office.report(path)
        #expect(admins["user_id"]?.int == Int(office.admin.user))
        #expect(admins["subject_id"]?.int == Int(office.ada.user))
        // It is no report of the account's.
        #expect(try await office.send(.get, "\(reports)/data_export").status == 404)
    }

    @Test func `is made once while it is under way, and its file goes when it is deleted`() async throws {
        let office = try await Office.open()
        let path = "/api/v1/users/\(office.ada.user)/data_exports"
        let first = try await office.send(.post, path, as: office.ada)
        #expect(first.json["status"] == "created")
        #expect(first.json["file_url"] == .null)
        let second = try await office.send(.post, path, as: office.ada)
        #expect(first.json["id"] == second.json["id"])
        office.startWorker()
        let done = try await office.report(path, as: office.ada)
        let file = try await office.path(of: done)
        #expect(FileManager.default.fileExists(atPath: file))
        let id = done["id"]?.int ?? 0
        #expect(try await office.send(.delete, "\(path)/\(id)", as: office.ada).status == 200)
        #expect(try await office.send(.get, "\(path)/\(id)", as: office.ada).status == 404)
        try await office.loop.perform { [office] in
            let sweep = ContentSweep(
                pool: office.pool.value, storage: office.place.storage, institution: office.here)
            _ = try await sweep.run(.expired)
        }
        #expect(!FileManager.default.fileExists(atPath: file))
    }
}

struct `The export of an institution` {
    @Test func `is what the database has, as a reader in Python finds it`() async throws {
        let office = try await Office.open()
        try await office.leaveTraces()
        try await office.addFile("bobs.txt", "Bytes of Bob", of: office.bob)
        office.startWorker()
        let done = try await office.report("\(reports)/institution_export")
        let tool = try await PythonTool.start("read_export.py", [try await office.path(of: done)])
        #expect(tool.ready["problems"]?.array == [])
        for table in Office.tables {
            guard table.institutionExport == .rows else {
                #expect(tool.ready["manifest"]?["left_out"]?[table.table]?.string?.isEmpty == false)
                continue
            }
            let count = try await office.texts(
                "SELECT count(*)::text FROM \(table.table) WHERE institution_id = \(office.here.rawValue)")
            if table.table == "audit_events" { continue }
            #expect(tool.ready["tables"]?[table.table]?["count"]?.int == Int(count[0]), "\(table.table)")
        }
        #expect(tool.ready["tables"]?["logins"]?["count"]?.int == 3)
        #expect(tool.ready["files"]?.array?.count == 2)
        #expect(tool.ready["manifest"]?["institution"]?["name"] == "Here")
        let cells = tool.ready["tables"]?["grade_cells"]?["rows"]
        #expect(cells?.array?.first?["user_id"]?.int == Int(office.ada.user))
        #expect(cells?.array?.first?["institution_id"] == nil)
        // Nobody without that role, and nobody else gets the file's address.
        #expect(try await office.send(.get, "\(reports)/institution_export", as: office.ada).status == 403)
        let other = try await office.send(.get, reports).json
        #expect(other.array?.map { $0["report"]?.string } == ["institution_export", "provisioning_csv"])
        #expect(other.array?.first?["last_run"]?["status"] == "complete")
    }

    @Test func `names files whose bytes are gone`() async throws {
        let office = try await Office.open()
        let file = try await office.addFile("gone.txt", "gone", of: office.ada)
        try FileManager.default.removeItem(atPath: file.path)
        office.startWorker()
        let done = try await office.report("\(reports)/institution_export")
        let manifest = try await office.archive(of: done).json("manifest.json")
        #expect(manifest["files"]?["count"]?.int == 0)
        #expect(manifest["files"]?["missing"]?.array?.count == 1)
    }

    @Test(arguments: ["institution_export", "provisioning_csv"])
    func `is made whole after a worker was killed in the middle, and leaves nothing of the first try`(
        kind: String
    ) async throws {
        let office = try await Office.open()
        try await office.addFile("notes.txt", "notes", of: office.ada)
        let id = try await office.send(.post, "\(reports)/\(kind)").json["id"]?.int ?? 0
        // As a worker leaves it that is killed: the report is begun, a part of the archive is written, the lease runs out.
        try await office.run(
            """
            UPDATE account_reports SET workflow_state = 'running', started_at = now();
            UPDATE job_heads SET state = 'running', worker = 'killed', attempt = 1, fence = fence + 1,
                lease_until = now() - interval '1 second' WHERE kind = 'privacy.report'
            """)
        let job = try await office.texts("SELECT job_id::text FROM account_reports")[0]
        let folder = office.place.folder
        let left = "\(folder)/export-\(office.here.rawValue)-\(job)-77"
        // Another report's is nothing to this one.
        let other = "\(folder)/export-\(office.here.rawValue)-\(job)0-77"
        for file in [left, other] {
            #expect(FileManager.default.createFile(atPath: file, contents: Data("PK".utf8)))
        }
        #expect(try await office.send(.get, "\(reports)/\(kind)/\(id)").json["status"] == "running")
        office.startWorker()
        let done = try await office.wait("\(reports)/\(kind)/\(id)") { $0["status"] == "complete" }
        let archive = try await office.archive(of: done)
        for entry in archive.entries { _ = try archive.content(of: entry) }
        if kind == "institution_export" {
            let manifest = try archive.json("manifest.json")
            #expect(
                manifest["files"]?["count"]?.int == 1 && manifest["files"]?["missing"]?.array?.isEmpty == true
            )
        } else {
            let names = archive.entries.map(\.name)
            #expect(names.sorted() == RosterExport.all.map(\.file).sorted())
            let users = try archive.text("users.csv") ?? ""
            #expect(users.split(separator: "\n").first?.hasPrefix("user_id,") == true, "\(users)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder) == [
                (other as NSString).lastPathComponent
            ])
        #expect(
            try await office.texts("SELECT attempt::text FROM job_heads WHERE kind = 'privacy.report'") == [
                "2"
            ])
        #expect(try await office.texts("SELECT count(*)::text FROM artifacts") == ["1"])
    }

    @Test func `leaves no file where its job is cancelled`() async throws {
        let office = try await Office.open()
        let asked = try await office.send(.post, "\(reports)/institution_export")
        let id = asked.json["id"]?.int ?? 0
        let job = try await office.texts("SELECT job_id::text FROM account_reports")[0]
        try await office.loop.perform { [office] in
            _ = try await office.pool.value.transaction(tenant: office.here) {
                try await $0.cancelJob(Int64(job) ?? 0, in: office.here)
            }
        }
        let shown = try await office.send(.get, "\(reports)/institution_export/\(id)")
        #expect(shown.json["status"] == "aborted")
        #expect(try FileManager.default.contentsOfDirectory(atPath: office.place.folder) == [])
    }
}

struct `The provisioning report` {
    private static let files = [
        "accounts.csv":
            "account_id,parent_account_id,name,status\nSCI,,\"Science, all\",active\nBIO,SCI,Biology,active\n",
        "terms.csv":
            "term_id,name,status,start_date,end_date\nT1,Autumn,active,2026-09-01,2027-01-31 18:00:00\n",
        "users.csv": """
        user_id,login_id,full_name,sortable_name,email,declared_user_type,status
        U1,eve,Eve Lovelace,"Lovelace, Eve",eve@school.example,teacher,active
        U2,cal,"Cal ""C"" Ng",,,student,active
        U3,dee,Dee,,,observer,suspended

        """,
        "courses.csv": """
        course_id,short_name,long_name,account_id,term_id,status,course_format
        C1,BIO1,Biology I,BIO,T1,active,online
        C2,BIO2,Biology II,,T1,published,
        C3,X,Host,,,published,

        """,
        "sections.csv": "section_id,course_id,name,status\nS1,C1,One,active\nS2,C2,Two,active\n",
        "xlists.csv": "xlist_course_id,section_id,status\nC3,S2,active\n",
        "enrollments.csv": """
        course_id,user_id,role,section_id,status,limit_section_privileges
        C1,U1,teacher,S1,active,true
        ,U2,student,S1,completed,
        C3,U2,student,S2,active,

        """,
        "user_observers.csv": "observer_id,student_id,status\nU3,U2,active\n",
        "admins.csv":
            "user_id,account_id,role,status\nU1,BIO,AccountAdmin,active\nU3,,AccountAdmin,active\n",
    ]

    /// What an import has to know, without ids of our own.
    private static let picture = """
        SELECT 'user ' || concat_ws('|', sis_user_id, name, sortable_name, email, workflow_state) FROM users WHERE sis_user_id IS NOT NULL
        UNION ALL SELECT 'course ' || concat_ws('|', c.sis_course_id, c.course_code, c.name, c.workflow_state, c.course_format,
            a.sis_account_id, t.sis_term_id) FROM courses c JOIN accounts a ON a.id = c.account_id
            JOIN enrollment_terms t ON t.id = c.enrollment_term_id WHERE c.sis_course_id IS NOT NULL
        UNION ALL SELECT 'section ' || concat_ws('|', s.sis_section_id, s.name, c.sis_course_id, h.sis_course_id)
            FROM sections s JOIN courses c ON c.id = s.course_id LEFT JOIN courses h ON h.id = s.nonxlist_course_id
            WHERE s.sis_section_id IS NOT NULL
        UNION ALL SELECT 'term ' || concat_ws('|', sis_term_id, name, start_at, end_at) FROM enrollment_terms WHERE sis_term_id IS NOT NULL
        UNION ALL SELECT 'account ' || concat_ws('|', a.sis_account_id, a.name, p.sis_account_id) FROM accounts a
            LEFT JOIN accounts p ON p.id = a.parent_account_id WHERE a.sis_account_id IS NOT NULL
        UNION ALL SELECT 'enrollment ' || concat_ws('|', c.sis_course_id, s.sis_section_id, u.sis_user_id, e.type, e.workflow_state,
            e.limit_privileges_to_course_section) FROM enrollments e JOIN courses c ON c.id = e.course_id
            JOIN sections s ON s.id = e.section_id JOIN users u ON u.id = e.user_id
        UNION ALL SELECT 'admin ' || concat_ws('|', u.sis_user_id, a.sis_account_id) FROM account_admins m
            JOIN accounts a ON a.id = m.account_id JOIN users u ON u.id = m.user_id
        UNION ALL SELECT 'root admin ' || u.sis_user_id FROM user_roles r JOIN users u ON u.id = r.user_id
            WHERE r.role = 'admin' AND u.sis_user_id IS NOT NULL
        UNION ALL SELECT 'observer ' || concat_ws('|', p.sis_user_id, k.sis_user_id) FROM observer_links l
            JOIN users p ON p.id = l.parent_id JOIN users k ON k.id = l.child_id
        ORDER BY 1
        """

    private static func bring(_ files: [String: [UInt8]], to office: Office) async throws {
        let zip = ZipBuilder(files.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }).bytes()
        try await office.bring(zip)
    }

    @Test func `is read back by an import, and says the same then`() async throws {
        let first = try await Office.open()
        first.startWorker()
        try await Self.bring(Self.files.mapValues { Array($0.utf8) }, to: first)
        let before = try await first.texts(Self.picture)
        #expect(before.count > 15)
        let done = try await first.report("\(reports)/provisioning_csv")
        let archive = try await first.archive(of: done)
        #expect(Set(archive.entries.map(\.name)) == Set(Self.files.keys))
        var files: [String: [UInt8]] = [:]
        for entry in archive.entries { files[entry.name] = try archive.content(of: entry) }

        let second = try await Office.open()
        second.startWorker()
        try await Self.bring(files, to: second)
        #expect(try await second.texts(Self.picture) == before)
        // To the school that it came from it brings nothing new.
        try await Self.bring(files, to: first)
        #expect(try await first.texts(Self.picture) == before)
    }

    @Test func `gives no spreadsheet a formula`() async throws {
        let office = try await Office.open()
        office.startWorker()
        try await office.run(
            "UPDATE users SET sis_user_id = 'F', name = '=cmd|''/C calc''!A0' WHERE id = \(office.bob.user)")
        let archive = try await office.archive(of: try await office.report("\(reports)/provisioning_csv"))
        let users = try #require(try archive.text("users.csv"))
        #expect(users.contains("\t=cmd|"))
        #expect(!users.contains(",=cmd|"))
    }

    @Test func `holds the files that were asked for`() async throws {
        let office = try await Office.open()
        office.startWorker()
        let done = try await office.report(
            "\(reports)/provisioning_csv", ["parameters": ["users": true, "terms": true, "courses": false]])
        #expect(done["parameters"] == ["terms": true, "users": true])
        #expect(try await office.archive(of: done).entries.map(\.name) == ["terms.csv", "users.csv"])
    }
}
