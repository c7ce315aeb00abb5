import HTTPTypes
import JSON
import Postgres
import TestKit
import Testing

@testable import Rostering

struct `SIS import, kind by kind` {
    @Test func `moves, renames, removes and restores accounts`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let header = "account_id,parent_account_id,name,status\n"
        // A tree that moves takes what is below along.
        let moved = try await registrar.bring([
            "accounts.csv": header
                + "ART,,Arts,active\nSCI,ART,Sciences,active\nX,X,Loop,active\nSCI2,NONE,No,active\n"
        ])
        #expect(
            moved.errors == [
                "accounts.csv: account_id and parent_account_id are the same (row 4)",
                "accounts.csv: parent_account_id names no account (row 5)",
            ])
        #expect(moved.changes("Account") == "created 1, updated 1")
        let tree = """
            SELECT a.sis_account_id, a.name, a.workflow_state,
                (SELECT string_agg(coalesce(b.sis_account_id, '/'), '' ORDER BY place)
                    FROM unnest(a.path) WITH ORDINALITY p (id, place) JOIN accounts b ON b.id = p.id)
            FROM accounts a WHERE a.sis_account_id IS NOT NULL ORDER BY 1
            """
        #expect(
            try await registrar.rows(tree) == [
                "(ART,Arts,active,/ART)", "(BIO,Biology,active,/ARTSCIBIO)", "(SCI,Sciences,active,/ARTSCI)",
            ])
        let refused = try await registrar.bring([
            "accounts.csv": header + "ART,BIO,Arts,active\nSCI,,Sciences,deleted\nBIO,SCI,Biology,deleted\n"
        ])
        #expect(
            refused.errors == [
                "accounts.csv: parent_account_id lies below account_id (row 2)",
                "accounts.csv: the account has accounts or courses below it (row 3)",
                "accounts.csv: the account has accounts or courses below it (row 4)",
            ])
        let gone = try await registrar.bring([
            "accounts.csv": header + "NEW,SCI,New,active\n", "x.csv": header + "NEW,SCI,New,deleted\n",
        ])
        #expect(gone.changes("Account") == "created 1, deleted 1")
        let back = try await registrar.bring(["accounts.csv": header + "NEW,,New,active\n"])
        #expect(back.changes("Account") == "restored 1")
    }

    @Test func `removes terms without courses only`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let done = try await registrar.bring([
            "terms.csv":
                "term_id,name,status,start_date,end_date\nT1,Autumn,deleted,,\nT2,Spring,deleted,,\nT9,None,deleted,,\n"
                + "T3,Wrong,active,2026-02-01,2026-01-01\n"
        ])
        #expect(
            done.errors == [
                "terms.csv: courses are in the term, or it is the default one (row 2)",
                "terms.csv: end_date lies before start_date (row 5)",
            ])
        #expect(done.changes("EnrollmentTerm") == "deleted 1")
        let back = try await registrar.bring(["terms.csv": School.terms])
        #expect(back.changes("EnrollmentTerm") == "unchanged 1, restored 1")
    }

    @Test func `finds people by their login and takes no other user's`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        // Somebody who is here already, somebody from elsewhere with a password, and somebody who was removed here.
        try await registrar.run(
            """
            INSERT INTO people (login, password_hash) VALUES ('here', NULL), ('there', 'kept'), ('gone', NULL);
            INSERT INTO users (institution_id, person_id, name, sortable_name, short_name, workflow_state)
            SELECT \(registrar.here), id, 'Old name', 'Old name', 'Old', CASE login WHEN 'gone' THEN 'deleted' ELSE 'registered' END
            FROM people WHERE login IN ('here', 'gone');
            """)
        let users = """
            user_id,login_id,password,first_name,last_name,status,declared_user_type
            U1,HERE,a long password,Ada,Lovelace,active,
            U2,there,a long password,Bob,Builder,active,teacher
            U3,gone,,Cy,Young,active,
            U4,new,a long password,Di,New,active,observer
            U5,admin,,An,Admin,deleted,
            U6,admin,,An,Admin,active,administrative

            """
        let done = try await registrar.bring(["users.csv": users])
        #expect(done.errors.isEmpty && done.state == "imported")
        #expect(done.changes("User") == "created 2, updated 2, restored 1")
        #expect(
            try await registrar.rows(
                """
                SELECT u.sis_user_id, p.login, u.name, u.sortable_name, coalesce(left(p.password_hash, 7), 'none'),
                    (SELECT string_agg(role, ',') FROM user_roles r WHERE r.user_id = u.id)
                FROM users u JOIN people p ON p.id = u.person_id WHERE sis_user_id IS NOT NULL ORDER BY 1
                """)
                == [
                    "(U1,here,\"Ada Lovelace\",\"Lovelace, Ada\",none,)",
                    "(U2,there,\"Bob Builder\",\"Builder, Bob\",kept,instructor)",
                    "(U3,gone,\"Cy Young\",\"Young, Cy\",none,)",
                    "(U4,new,\"Di New\",\"New, Di\",$scrypt,parent)",
                    "(U6,admin,\"An Admin\",\"Admin, An\",none,admin)",
                ])
        let refused = try await registrar.bring([
            "users.csv": """
            user_id,login_id,password,status,integration_id
            U7,new,,active,
            U8,free,short,active,
            U6,admin,,suspended,
            U9,nine,,active,I1
            U10,ten,,active,I1
            U1,other,,active,

            """
        ])
        #expect(
            refused.errors == [
                "users.csv: login_id is that of a user with another user_id (row 2)",
                "users.csv: password has not 8 to 1024 characters (row 3)",
                "users.csv: administrators are neither suspended nor removed by an import (row 4)",
                "users.csv: integration_id is that of another user (row 6)",
            ])
        #expect(
            refused.warnings == [
                "users.csv: login_id is not what the user signs in with, which an import does not change (row 7)"
            ])
    }

    @Test func `takes users out whom a file removes`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        try await registrar.run(
            """
            INSERT INTO access_tokens (institution_id, user_id, token_hash, purpose)
            SELECT institution_id, id, sha256(sis_user_id::bytea), 'x' FROM users WHERE sis_user_id IS NOT NULL
            """)
        let done = try await registrar.bring([
            "users.csv": "user_id,login_id,status\nU2,,deleted\nU3,cy,suspended\nU9,x,deleted\n"
        ])
        #expect(
            done.changes("User") == "deleted 1, deactivated 1" && done.changes("Enrollment") == "deleted 2")
        #expect(done.errors.isEmpty)
        #expect(
            try await registrar.rows(
                """
                SELECT sis_user_id FROM access_tokens t JOIN users u ON u.id = t.user_id
                WHERE sis_user_id IS NOT NULL ORDER BY 1
                """) == [
                    "(U1)", "(U3)",
                ])
        let back = try await registrar.bring([
            "users.csv": School.users, "enrollments.csv": School.enrollments,
        ])
        #expect(back.changes("User") == "unchanged 1, restored 2")
        #expect(back.changes("Enrollment") == "unchanged 2, restored 2")
    }

    @Test func `concludes, removes and brings back courses, sections and enrolments`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let done = try await registrar.bring([
            "courses.csv":
                "course_id,short_name,long_name,status\nC1,BIO1,Biology I,deleted\nC2,BIO2,Biology II,completed\n",
            "sections.csv":
                "section_id,course_id,name,status\nS1,C1,One,deleted\nS2,C2,Two moved,active\nS9,C1,x,active\n",
            "enrollments.csv": """
            course_id,user_id,role,section_id,status
            C2,U2,student,,completed
            C2,U3,ta,,inactive
            C1,U1,teacher,S2,active
            """,
        ])
        #expect(done.errors == ["sections.csv: course_id names no course (row 4)"])
        #expect(done.changes("Course") == "concluded 1, deleted 1")
        #expect(done.changes("CourseSection") == "updated 1, deleted 1")
        // The section decides which course it is: S2 is in C2 by now.
        #expect(done.changes("Enrollment") == "created 1, concluded 1, deleted 2, deactivated 1")
        #expect(
            try await registrar.rows(
                "SELECT c.sis_course_id FROM enrollments e JOIN courses c ON c.id = e.course_id JOIN sections s ON s.id = e.section_id WHERE s.sis_section_id = 'S2'"
            ) == ["(C2)"])
        #expect(
            try await registrar.rows(
                "SELECT 1 FROM enrollments WHERE (workflow_state = 'completed') <> (completed_at IS NOT NULL)"
            ).isEmpty)
        let back = try await registrar.bring([
            "courses.csv": School.courses, "sections.csv": School.sections,
            "enrollments.csv": School.enrollments,
        ])
        #expect(
            back.changes("Course") == "restored 2" && back.changes("CourseSection") == "updated 1, restored 1"
        )
        #expect(back.changes("Enrollment") == "restored 4")
    }

    @Test func `cross-lists sections and takes it back`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let header = "xlist_course_id,section_id,status\n"
        let done = try await registrar.bring([
            "xlists.csv": header + "C2,S1,active\nX1,S2,active\nC2,S9,active\n"
        ])
        #expect(done.errors == ["xlists.csv: section_id names no section (row 4)"])
        #expect(done.changes("CourseSection") == "updated 2" && done.changes("Course") == "created 1")
        let look = """
            SELECT s.sis_section_id, c.sis_course_id, h.sis_course_id FROM sections s JOIN courses c ON c.id = s.course_id
            LEFT JOIN courses h ON h.id = s.nonxlist_course_id WHERE s.sis_section_id IS NOT NULL ORDER BY 1
            """
        #expect(try await registrar.rows(look) == ["(S1,C2,C1)", "(S2,X1,C1)"])
        // Enrolments went along, and files that name the old course still find them by the section.
        let same = try await registrar.bring([
            "sections.csv": School.sections, "enrollments.csv": School.enrollments,
            "xlists.csv": header + "C2,S1,active\n",
        ])
        #expect(same.stateChanges == 0 && same.changes("Enrollment") == "unchanged 4")
        #expect(same.changes("CourseSection") == "unchanged 3")
        #expect(try await registrar.rows(look) == ["(S1,C2,C1)", "(S2,X1,C1)"])
        let back = try await registrar.bring(["xlists.csv": header + "C2,S1,deleted\nC9,S2,deleted\n"])
        #expect(back.changes("CourseSection") == "updated 1, unchanged 1")
        #expect(try await registrar.rows(look) == ["(S1,C1,)", "(S2,X1,C1)"])
    }

    @Test func `links observers and enrols them beside whom they observe`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let users = "user_id,login_id,full_name,status\nP1,parent,Parent,active\n"
        let header = "observer_id,student_id,status\n"
        let done = try await registrar.bring([
            "users.csv": users,
            "user_observers.csv": header + "P1,U2,active\nP1,P1,active\nP1,U9,active\nP1,U8,deleted\n",
        ])
        #expect(
            done.errors == [
                "user_observers.csv: observer_id and student_id are the same (row 3)",
                "user_observers.csv: student_id names no user (row 4)",
            ])
        #expect(done.changes("UserObserver") == "created 1" && done.changes("Enrollment") == "created 2")
        let look = """
            SELECT c.sis_course_id, e.workflow_state FROM enrollments e JOIN courses c ON c.id = e.course_id
            WHERE e.type = 'ObserverEnrollment' ORDER BY 1
            """
        #expect(try await registrar.rows(look) == ["(C1,active)", "(C2,active)"])
        let again = try await registrar.bring(["user_observers.csv": header + "P1,U2,active\n"])
        #expect(again.stateChanges == 0)
        let gone = try await registrar.bring(["user_observers.csv": header + "P1,U2,deleted\n"])
        #expect(gone.changes("UserObserver") == "deleted 1" && gone.changes("Enrollment") == "deleted 2")
        #expect(try await registrar.rows("SELECT 1 FROM observer_links").isEmpty)
        let back = try await registrar.bring(["user_observers.csv": header + "P1,U2,active\n"])
        #expect(back.changes("Enrollment") == "restored 2")
    }
}
