import EventLoop
import HTTPTypes
import JSON
import JobQueue
import Postgres
import Tenancy
import TestKit
import Testing

@testable import Rostering

/// Users and enrolments in a course of one term, by number.
private func files(_ numbers: ClosedRange<Int>, without: Set<Int> = []) -> [String: String] {
    var users = "user_id,login_id,full_name,status\n"
    var enrollments = "course_id,user_id,role,status\n"
    for number in numbers where !without.contains(number) {
        users += "N\(number),n\(number),Number \(number),active\n"
        enrollments += "C1,N\(number),student,active\n"
    }
    return ["users.csv": users, "enrollments.csv": enrollments]
}

private let base = [
    "terms.csv": School.terms,
    "courses.csv":
        "course_id,short_name,long_name,term_id,status\nC1,A,Course,T1,published\nC9,Z,Elsewhere,T2,published\n",
]

struct `SIS import, in other modes` {
    @Test func `removes in batch mode what the files do not mention, of their kinds and the term`()
        async throws
    {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(base)
        try await registrar.bring(files(1...10))
        try await registrar.bring(["enrollments.csv": "course_id,user_id,role,status\nC9,N1,student,active\n"]
        )
        // What somebody has made by hand is not the files'.
        try await registrar.run(
            """
            INSERT INTO enrollments (institution_id, course_id, section_id, user_id, type)
            SELECT institution_id, course_id, section_id, user_id, 'TaEnrollment' FROM enrollments
            WHERE type = 'StudentEnrollment' LIMIT 1
            """)
        let mode = [("batch_mode", "true"), ("batch_mode_term_id", "sis_term_id:T1")]
        let tooMany = try await registrar.bring(
            ["enrollments.csv": files(1...8)["enrollments.csv"] ?? ""], mode + [("change_threshold", "10")])
        #expect(tooMany.state == "aborted")
        #expect(
            tooMany.errors == [
                "sis_import.csv: 2 of 10 enrollments would be removed, more than 10 percent: nothing is"
            ])
        #expect(tooMany.stateChanges == 0)
        let flawed = try await registrar.bring(
            ["enrollments.csv": (files(1...8)["enrollments.csv"] ?? "") + "C1,,student,active\n"], mode)
        #expect(flawed.count("batch_enrollments_deleted") == 0)
        #expect(flawed.warnings.count == 1)
        let done = try await registrar.bring(
            ["enrollments.csv": files(1...8)["enrollments.csv"] ?? ""], mode + [("change_threshold", "20")])
        #expect(done.state == "imported" && done.count("batch_enrollments_deleted") == 2)
        #expect(done.changes("Enrollment") == "unchanged 8, deleted 2" && done.changes("Course") == "")
        #expect(
            try await registrar.rows("SELECT workflow_state, count(*) FROM enrollments GROUP BY 1 ORDER BY 1")
                == ["(active,10)", "(deleted,2)"])
        #expect(try await registrar.rows("SELECT 1 FROM sis_mentions").isEmpty)
        let again = try await registrar.bring(
            ["enrollments.csv": files(1...8)["enrollments.csv"] ?? ""], mode)
        #expect(again.stateChanges == 0)
        let course = try await registrar.bring(
            ["courses.csv": "course_id,short_name,long_name,term_id,status\nC2,B,New,T1,active\n"], mode)
        #expect(course.changes("Course") == "created 1, deleted 1" && course.changes("Enrollment") == "")
    }

    @Test func `applies only what differs from the last file of a data set`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(base)
        let set = [("diffing_data_set_identifier", "nightly")]
        let first = try await registrar.bring(files(1...10), set)
        #expect(
            first.changes("User") == "created 10" && first.json["diffed_against_import_id"]?.isNull == true)
        #expect(
            try await registrar.rows("SELECT DISTINCT import_id FROM sis_import_pieces") == ["(\(first.id))"])
        var changed = files(2...11)
        changed["users.csv"] = changed["users.csv"]?.replacing("Number 5", with: "Five")
        let second = try await registrar.bring(changed, set)
        #expect(second.json["diffed_against_import_id"]?.int == Int(first.id))
        #expect(second.changes("User") == "created 1, updated 1, deleted 1")
        // The enrolment went with its user already.
        #expect(second.changes("Enrollment") == "created 1, unchanged 1, deleted 1")
        #expect(second.count("users") == 3)
        #expect(
            try await registrar.rows("SELECT DISTINCT import_id FROM sis_import_pieces") == ["(\(second.id))"]
        )
        let same = try await registrar.bring(changed, set)
        #expect(same.changes("User") == "" && same.count("users") == 0 && same.state == "imported")
        let remastered = try await registrar.bring(changed, set + [("diffing_remaster_data_set", "true")])
        #expect(remastered.changes("User") == "unchanged 10")
        let small = try await registrar.bring(
            files(2...3), set + [("change_threshold", "5")])
        #expect(
            small.json["diffing_threshold_exceeded"]?.bool == true && small.changes("User") == "unchanged 2")
        #expect(small.warnings.count == 1)
        let many = try await registrar.bring(files(2...9), set + [("diff_row_count_threshold", "3")])
        #expect(many.json["diffing_threshold_exceeded"]?.bool == true && many.count("users") == 8)
        // What was not compared is nothing to compare with.
        #expect(
            try await registrar.rows("SELECT DISTINCT import_id FROM sis_import_pieces") == [
                "(\(remastered.id))"
            ])
        let after = try await registrar.bring(changed, set + [("change_threshold", "5")])
        #expect(after.json["diffed_against_import_id"]?.int == Int(remastered.id))
        #expect(after.json["diffing_threshold_exceeded"]?.bool == false && after.count("users") == 0)
    }

    @Test func `says which row of a file is about what another is about, in whichever batch it stands`()
        async throws
    {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        var users = "user_id,login_id,full_name,status\n"
        for number in 1...1100 { users += "N\(number),n\(number),Number \(number),active\n" }
        let done = try await registrar.bring(["users.csv": users + "N2,n2,Two,active\n"])
        #expect(done.state == "imported_with_messages" && done.errors.isEmpty)
        #expect(
            done.warnings == [
                "users.csv: user_id: row 3 says so already, and the last row counts (row 1102)"
            ])
        #expect(try await registrar.rows("SELECT name FROM users WHERE sis_user_id = 'N2'") == ["(Two)"])
    }

    @Test func `gives enrolments the roles of an account's own, and leaves those given by hand`() async throws
    {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(base)
        try await registrar.bring(files(1...4))
        try await registrar.run(
            """
            INSERT INTO course_roles (institution_id, account_id, label, base_role_type, workflow_state)
            SELECT id, id, label, 'StudentEnrollment', state FROM institutions
            CROSS JOIN (VALUES ('Guest', 'active'), ('Former', 'inactive')) v (label, state)
            """)
        func roles() async throws -> [String] {
            try await registrar.rows(
                """
                SELECT u.sis_user_id, r.label FROM enrollments e JOIN users u ON u.id = e.user_id
                LEFT JOIN course_roles r ON r.id = e.role_id ORDER BY 1
                """)
        }
        let id = try #require(
            try await registrar.rows("SELECT id FROM course_roles WHERE label = 'Guest'").first
        ).filter(\.isNumber)
        let given = try await registrar.bring([
            "enrollments.csv":
                "course_id,user_id,role,role_id,status\nC1,N1,,\(id),active\nC1,N2,guest,,active\n"
                + "C1,N3,Former,,active\nC1,N4,,99999,active\n"
        ])
        #expect(
            given.errors == [
                "enrollments.csv: the role is not given any more (row 4)",
                "enrollments.csv: role_id names no role (row 5)",
            ])
        #expect(try await roles() == ["(N1,Guest)", "(N2,Guest)", "(N3,)", "(N4,)"])
        try await registrar.run(
            "UPDATE enrollments e SET stuck_fields = '{role_id}' FROM users u WHERE u.id = e.user_id AND u.sis_user_id = 'N1'"
        )
        let plain = files(1...4)["enrollments.csv"] ?? ""
        try await registrar.bring(["enrollments.csv": plain])
        #expect(try await roles() == ["(N1,Guest)", "(N2,)", "(N3,)", "(N4,)"])
        try await registrar.bring(["enrollments.csv": plain], [("override_sis_stickiness", "true")])
        #expect(try await roles() == ["(N1,)", "(N2,)", "(N3,)", "(N4,)"])
    }

    @Test func `leaves the name of an account that somebody has changed`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        let rows = "account_id,parent_account_id,name,status\nA1,,School,active\n"
        try await registrar.bring(["accounts.csv": rows])
        try await registrar.run(
            "UPDATE accounts SET name = 'Academy', stuck_fields = '{name}' WHERE name = 'School'")
        try await registrar.bring(["accounts.csv": rows])
        let name = "SELECT name FROM accounts WHERE sis_account_id = 'A1'"
        #expect(try await registrar.rows(name) == ["(Academy)"])
        try await registrar.bring(["accounts.csv": rows], [("override_sis_stickiness", "true")])
        #expect(try await registrar.rows(name) == ["(School)"])
    }

    @Test func `puts back what an import has changed`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let states = """
            SELECT 'e', sis_user_id, e.workflow_state FROM enrollments e JOIN users u ON u.id = e.user_id UNION ALL
            SELECT 'u', sis_user_id, workflow_state FROM users WHERE sis_user_id IS NOT NULL UNION ALL
            SELECT 'c', sis_course_id, workflow_state FROM courses UNION ALL
            SELECT 's', coalesce(sis_section_id, name), workflow_state FROM sections ORDER BY 1, 2, 3
            """
        let before = try await registrar.rows(states)
        let harm = try await registrar.bring([
            "users.csv": "user_id,login_id,status\nU2,bob,deleted\nN1,n1,active\n",
            "courses.csv": "course_id,short_name,long_name,status\nC1,A,B,deleted\nC2,A,B,completed\n",
            "sections.csv": "section_id,course_id,name,status\nS1,C1,One,deleted\n",
        ])
        #expect(harm.stateChanges == 8)
        let told = try await registrar.send(
            .put, "\(Registrar.path)/\(harm.id)/restore_states", query: [("undelete_only", "true")])
        #expect(told.status == 200 && told.json["tag"]?.string == "sis_batch_state_restore")
        #expect(told.json["url"]?.string?.contains("/api/v1/progress/") == true)
        #expect(try await registrar.over(harm.id).state == "partially_restored")
        #expect(
            try await registrar.rows("SELECT workflow_state FROM courses ORDER BY sis_course_id") == [
                "(unpublished)", "(completed)",
            ])
        _ = try await registrar.send(.put, "\(Registrar.path)/\(harm.id)/restore_states")
        #expect(try await registrar.over(harm.id).state == "restored")
        #expect(try await registrar.rows(states) == (before + ["(u,N1,deleted)"]).sorted())
        #expect(
            try await registrar.send(.put, "\(Registrar.path)/\(harm.id)/restore_states").status == 400)
    }

    @Test func `takes a whole import back`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        let done = try await registrar.bring(School.all)
        _ = try await registrar.send(.put, "\(Registrar.path)/\(done.id)/restore_states")
        #expect(try await registrar.over(done.id).state == "restored")
        for table in ["courses", "sections", "enrollments"] {
            #expect(try await registrar.rows("SELECT DISTINCT workflow_state FROM \(table)") == ["(deleted)"])
        }
        #expect(
            try await registrar.rows(
                "SELECT DISTINCT workflow_state FROM users WHERE sis_user_id IS NOT NULL") == ["(deleted)"])
        #expect(
            try await registrar.rows("SELECT count(*) FROM accounts WHERE workflow_state = 'active'") == [
                "(2)"
            ])
        let again = try await registrar.bring(School.all)
        #expect(again.state == "imported" && again.changes("Course") == "restored 2")
    }

    @Test func `is aborted before it begins, and in the middle`() async throws {
        let registrar = try await Registrar.open()
        let waiting = try await registrar.send(base)
        let other = try await registrar.send(base)
        let aborted = try await registrar.send(.put, "\(Registrar.path)/\(waiting)/abort")
        #expect(aborted.status == 200 && aborted.json["workflow_state"]?.string == "aborted")
        #expect(try await registrar.send(.put, "\(Registrar.path)/\(waiting)/abort").status == 400)
        #expect(
            try await registrar.send(.put, "\(Registrar.path)/abort_all_pending").json == ["aborted": true])
        #expect(try await registrar.over(other).state == "aborted")
        #expect(try await registrar.rows("SELECT 1 FROM sis_import_pieces").isEmpty)
        registrar.startWorker()
        // The first batch of enrolments waits for a course that somebody holds; there the import is aborted.
        try await registrar.bring(base)
        try await registrar.bring(["users.csv": files(1...5)["users.csv"] ?? ""])
        let lock = try await registrar.loop.perform {
            LoopBound(
                try await PostgresSession.open(
                    loop: registrar.loop, configuration: registrar.database.superuser),
                loop: registrar.loop)
        }
        try await registrar.loop.perform {
            _ = try await lock.value.run("BEGIN; SELECT * FROM courses WHERE sis_course_id = 'C1' FOR UPDATE")
        }
        let id = try await registrar.send(["enrollments.csv": files(1...5)["enrollments.csv"] ?? ""])
        while try await registrar.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            .isEmpty
        {}
        // The batch under way is seen through; it is the next that hears of it. The answer waits for the batch.
        async let answer = registrar.send(.put, "\(Registrar.path)/\(id)/abort")
        while try await registrar.rows("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            != ["(2)"]
        {}
        try await registrar.loop.perform {
            _ = try await lock.value.run("COMMIT")
            lock.value.close()
        }
        #expect(try await answer.status == 200)
        #expect(try await registrar.over(id).state == "aborted")
        #expect(try await registrar.rows("SELECT count(*) FROM enrollments") == ["(5)"])
        // The worker is free for the next.
        #expect(try await registrar.bring(files(1...3)).state == "imported")
    }

    @Test func `goes on where a worker died, and counts everything once`() async throws {
        let registrar = try await Registrar.open()
        let waiting = try await registrar.send(files(1...3500).merging(base) { first, _ in first })
        registrar.startWorker()
        // Whenever a batch was committed, the job is taken away from its worker, as when the lease has run out.
        var fences = 0
        let limit = ContinuousClock.now + .seconds(60)
        while try await registrar.show(waiting)["workflow_state"]?.string != "imported",
            ContinuousClock.now < limit
        {
            let steps = try await registrar.rows(
                "SELECT step, step_row FROM sis_imports WHERE id = \(waiting) AND step > 1 AND attempt < 12")
            guard !steps.isEmpty else { continue }
            try await registrar.run(
                """
                UPDATE job_heads SET state = 'available', fence = fence + 1, worker = NULL, lease_until = NULL, attempt = 0
                WHERE state = 'running'
                """)
            if fences == 0 { registrar.startWorker() }
            fences += 1
        }
        let done = try await registrar.over(waiting)
        #expect(fences > 0)
        #expect(done.errors.isEmpty && done.changes("User") == "created 3500")
        #expect(done.changes("Enrollment") == "created 3500" && done.count("enrollments") == 3500)
        #expect(
            try await registrar.rows("SELECT count(*), count(DISTINCT user_id) FROM enrollments") == [
                "(3500,3500)"
            ])
        #expect(
            try await registrar.rows("SELECT count(*) > 1 FROM sis_imports i WHERE attempt > 1") == ["(f)"])
    }

    @Test func `gives up what nobody can finish, so that the next comes`() async throws {
        let registrar = try await Registrar.open()
        let dead = try await registrar.send(base)
        try await registrar.run("UPDATE job_heads SET state = 'dead', finished_at = now()")
        registrar.startWorker()
        #expect(try await registrar.bring(base).state == "imported")
        #expect(try await registrar.over(dead).state == "failed")
    }
}
