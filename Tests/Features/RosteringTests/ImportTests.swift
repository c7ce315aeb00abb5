import HTTPTypes
import JSON
import Postgres
import TestKit
import Testing

@testable import Rostering

struct `SIS import` {
    @Test func `brings a whole school, in whatever order its files are zipped`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        let done = try await registrar.bring(School.all)
        #expect(done.state == "imported")
        #expect(done.errors.isEmpty && done.warnings.isEmpty)
        #expect(
            done.json["data"]?["supplied_batches"] == [
                "account", "term", "user", "course", "section", "enrollment",
            ])
        #expect(done.json["progress"]?.int == 100 && done.json["ended_at"]?.string != nil)
        #expect(done.count("users") == 3 && done.count("enrollments") == 4 && done.count("error_count") == 0)
        #expect(done.changes("Account") == "created 2" && done.changes("EnrollmentTerm") == "created 2")
        #expect(done.changes("User") == "created 3" && done.changes("Course") == "created 2")
        // One more section: that of the course whose enrolments name none.
        #expect(done.changes("CourseSection") == "created 3" && done.changes("Enrollment") == "created 4")
        #expect(done.stateChanges == 16)
        #expect(
            try await registrar.rows(
                "SELECT sis_account_id, name, cardinality(path) FROM accounts WHERE sis_account_id IS NOT NULL ORDER BY 1"
            )
                == ["(BIO,Biology,3)", "(SCI,Science,2)"])
        #expect(
            try await registrar.rows(
                """
                SELECT c.sis_course_id, c.course_code, c.name, c.workflow_state, t.sis_term_id, a.sis_account_id
                FROM courses c JOIN enrollment_terms t ON t.id = c.enrollment_term_id JOIN accounts a ON a.id = c.account_id
                ORDER BY 1
                """)
                == ["(C1,BIO1,\"Biology I\",unpublished,T1,BIO)", "(C2,BIO2,\"Biology II\",available,T1,)"])
        #expect(
            try await registrar.rows(
                """
                SELECT u.sis_user_id, e.type, e.workflow_state, c.sis_course_id, s.name
                FROM enrollments e JOIN users u ON u.id = e.user_id JOIN courses c ON c.id = e.course_id
                JOIN sections s ON s.id = e.section_id ORDER BY 1, 4
                """)
                == [
                    "(U1,TeacherEnrollment,active,C1,One)", "(U2,StudentEnrollment,active,C1,One)",
                    "(U2,StudentEnrollment,active,C2,\"Biology II\")",
                    "(U3,TaEnrollment,active,C2,\"Biology II\")",
                ])
        #expect(
            try await registrar.rows(
                """
                SELECT u.sis_user_id, p.login, u.sortable_name, u.email, u.workflow_state,
                    (SELECT string_agg(role, ',') FROM user_roles r WHERE r.user_id = u.id)
                FROM users u JOIN people p ON p.id = u.person_id WHERE sis_user_id = 'U1'
                """) == ["(U1,ada,\"Lovelace, Ada\",ada@school.example,registered,student)"])
        #expect(
            try await registrar.rows(
                "SELECT start_at AT TIME ZONE 'UTC', end_at AT TIME ZONE 'UTC' FROM enrollment_terms WHERE sis_term_id = 'T1'"
            )
                == ["(\"2026-09-01 00:00:00\",\"2027-01-31 18:00:00\")"])
        // The bytes are gone, and another institution has nothing of it.
        #expect(try await registrar.rows("SELECT 1 FROM sis_import_pieces").isEmpty)
        #expect(
            try await registrar.rows("SELECT 1 FROM users WHERE institution_id = \(registrar.there)").isEmpty)
    }

    @Test func `writes nothing the second time, and says so`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let marks =
            "SELECT 'e', id, xmin::text FROM enrollments UNION ALL SELECT 'u', id, xmin::text FROM users UNION ALL "
            + "SELECT 'c', id, xmin::text FROM courses UNION ALL SELECT 's', id, xmin::text FROM sections UNION ALL "
            + "SELECT 't', id, xmin::text FROM enrollment_terms UNION ALL SELECT 'a', id, xmin::text FROM accounts ORDER BY 1, 2"
        let before = try await registrar.rows(marks)
        let again = try await registrar.bring(School.all)
        #expect(again.state == "imported" && again.stateChanges == 0)
        #expect(again.changes("User") == "unchanged 3" && again.changes("Enrollment") == "unchanged 4")
        #expect(again.changes("Course") == "unchanged 2" && again.changes("Account") == "unchanged 2")
        #expect(try await registrar.rows(marks) == before)
    }

    @Test func `leaves wrong rows out and names them by file and number`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        let done = try await registrar.bring([
            "a/users.csv": """
            user_id,login_id,full_name,email,status
            U1,ada,Ada,,active
            ,bob,Bob,,active
            U3,cy,Cy,no address,active
            U4,ada,Another,,active
            U5,"fay,Fay,,active
            """,
            "b/courses.csv": """
            course_id,short_name,long_name,term_id,status,start_date
            C1,A,B,,active,
            C2,A,B,NONE,active,
            C3,A,B,,perhaps,
            C4,A,B,,active,yesterday
            C5,A,B
            C1,A,Later,,active,
            C6,A,=HYPERLINK(1),,active,
            """,
            "b/enrollments.csv": """
            course_id,user_id,role,section_id,status
            C1,U1,student,,active
            C1,U9,student,,active
            C9,U1,student,,active
            C1,U1,student,S9,active
            C1,U1,king,,active
            C1,U1,student,,deleted
            """,
            "notes.txt": "hello\n", "x.csv": "a,b\n1,2\n", "__MACOSX/._users.csv": "junk",
        ])
        #expect(done.state == "imported_with_messages")
        #expect(
            done.errors == [
                "notes.txt: the header is that of no file that is known",
                "x.csv: the header is that of no file that is known",
                "users.csv: user_id is empty (row 3)", "users.csv: email is no e-mail address (row 4)",
                "users.csv: login_id is that of another row (row 5)",
                "users.csv: a quoted field has no end (row 6)",
                "courses.csv: term_id names no term (row 3)",
                "courses.csv: status is none of active, completed, deleted, published (row 4)",
                "courses.csv: start_date is no time such as 2026-09-01T00:00:00Z (row 5)",
                "courses.csv: the row has not as many cells as the header (row 6)",
                "courses.csv: long_name begins as a formula does (row 8)",
                "enrollments.csv: user_id names no user (row 3)",
                "enrollments.csv: course_id names no course (row 4)",
                "enrollments.csv: section_id names no section (row 5)",
                "enrollments.csv: role is none of student, teacher, ta, observer, designer, and no other role's name (row 6)",
            ])
        #expect(done.count("error_count") == 15)
        #expect(
            done.warnings.allSatisfy { $0.contains("says so already, and the last row counts") }
                && done.count("warning_count") == 2)
        // Of several rows of one thing the last counts.
        #expect(try await registrar.rows("SELECT sis_course_id, name FROM courses") == ["(C1,Later)"])
        #expect(try await registrar.rows("SELECT workflow_state FROM enrollments").isEmpty)
        let listed = try await registrar.send(
            .get, "\(Registrar.path)/\(done.id)/errors", query: [("per_page", "100")])
        #expect(listed.json["sis_import_errors"]?.array?.count == 17)
        #expect(listed.json["sis_import_errors"]?.array?[2]["row"]?.int == 3)
    }

    @Test func `fails where there is nothing to import`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        let damaged = try await registrar.send(
            .post, Registrar.path, body: Array("PK no zip".utf8), type: "application/zip")
        let failed = try await registrar.over(Int64(damaged.json["id"]?.int ?? 0))
        #expect(failed.state == "failed_with_messages")
        #expect(failed.errors == ["sis_import.zip: this is no zip archive"])
        let unknown = try await registrar.bring(["x.csv": "a,b\n"])
        #expect(unknown.state == "failed_with_messages")
        #expect(unknown.errors == ["sis_import.csv: the header is that of no file that is known"])
        #expect(try await registrar.rows("SELECT 1 FROM sis_import_pieces").isEmpty)
    }

    @Test func `does imports one after the other`() async throws {
        let registrar = try await Registrar.open()
        var ids: [Int64] = []
        for number in 1...4 {
            ids.append(
                try await registrar.send(["terms.csv": "term_id,name,status\nT,Name \(number),active\n"]))
        }
        registrar.startWorker()
        registrar.startWorker()
        for id in ids { #expect(try await registrar.over(id).state == "imported") }
        #expect(
            try await registrar.rows("SELECT name FROM enrollment_terms WHERE sis_term_id = 'T'") == [
                "(\"Name 4\")"
            ])
        let ended = try await registrar.rows("SELECT id FROM sis_imports ORDER BY ended_at")
        #expect(ended == ids.map { "(\($0))" })
    }

    @Test func `leaves fields alone that somebody changed by hand, unless it is told otherwise`() async throws
    {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        try await registrar.run(
            """
            UPDATE courses SET name = 'By hand', stuck_fields = '{name,workflow_state}', workflow_state = 'completed'
            WHERE sis_course_id = 'C1';
            UPDATE users SET name = 'Countess', stuck_fields = '{name}' WHERE sis_user_id = 'U1';
            """)
        let courses = School.courses.replacing("BIO1", with: "NEW1")
        let kept = try await registrar.bring(["courses.csv": courses, "users.csv": School.users])
        #expect(kept.changes("Course") == "updated 1, unchanged 1" && kept.changes("User") == "unchanged 3")
        let look =
            "SELECT name, course_code, workflow_state, stuck_fields FROM courses WHERE sis_course_id = 'C1'"
        #expect(try await registrar.rows(look) == ["(\"By hand\",NEW1,completed,\"{name,workflow_state}\")"])
        let added = try await registrar.bring(
            ["courses.csv": courses], [("override_sis_stickiness", "true"), ("add_sis_stickiness", "1")])
        #expect(added.changes("Course") == "unchanged 1, restored 1")
        #expect(
            try await registrar.rows(look) == ["(\"Biology I\",NEW1,available,\"{name,workflow_state}\")"])
        let cleared = try await registrar.bring(
            ["courses.csv": courses], [("override_sis_stickiness", "true"), ("clear_sis_stickiness", "t")])
        #expect(cleared.changes("Course") == "updated 1, unchanged 1")
        #expect(try await registrar.rows(look) == ["(\"Biology I\",NEW1,available,{})"])
    }
}
