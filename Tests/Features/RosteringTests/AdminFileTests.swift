import HTTPTypes
import JSON
import Postgres
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Rostering

private let header = "user_id,account_id,role,status\n"

/// Who administers what, as `login account by`.
private let admins = """
    SELECT p.login, coalesce(h.name, ''), h.by_file FROM (
        SELECT user_id, 'root' AS name, sis_batch_id IS NOT NULL AS by_file FROM user_roles WHERE role = 'admin'
        UNION ALL
        SELECT m.user_id, a.sis_account_id, m.sis_batch_id IS NOT NULL FROM account_admins m
        JOIN accounts a ON a.institution_id = m.institution_id AND a.id = m.account_id
    ) h JOIN users u ON u.id = h.user_id JOIN people p ON p.id = u.person_id ORDER BY 1, 2
    """

struct `Admins of a file` {
    @Test func `administer the accounts that it names, and no longer when it says so`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        var files = School.all
        files["admins.csv"] =
            header + "U1,SCI,AccountAdmin,active\nU2,,accountadmin,active\nU3,BIO,AccountAdmin,active\n"
        let done = try await registrar.bring(files)
        #expect(done.errors.isEmpty && done.state == "imported")
        #expect(done.changes("AccountUser") == "created 3" && done.count("admins") == 3)
        #expect(
            try await registrar.rows(admins)
                == ["(ada,SCI,t)", "(admin,root,f)", "(bob,root,t)", "(cy,BIO,t)"])
        let again = try await registrar.bring(["admins.csv": files["admins.csv"] ?? ""])
        #expect(again.changes("AccountUser") == "unchanged 3" && again.stateChanges == 0)
        let gone = try await registrar.bring([
            "admins.csv":
                "user_id,account_id,role_id,status\nU1,SCI,1,deleted\nU2,,1,deleted\nU2,SCI,1,deleted\nU9,,1,deleted\n"
        ])
        #expect(gone.errors.isEmpty && gone.changes("AccountUser") == "unchanged 1, deleted 2")
        #expect(try await registrar.rows(admins) == ["(admin,root,f)", "(cy,BIO,t)"])
        // Whoever keeps connections open hears of each.
        #expect(
            try await registrar.rows(
                """
                SELECT count(*) FROM revocations r JOIN users u ON u.id = r.user_id
                WHERE u.sis_user_id IN ('U1', 'U2', 'U3')
                """) == ["(3)"])
        let audit = try await registrar.rows(
            """
            SELECT kind, count(*) FROM audit_events WHERE actor_id = \(registrar.admin.user)
                AND details->>'role' IN ('admin', 'account_admin') GROUP BY 1 ORDER BY 1
            """)
        #expect(audit == ["(role.granted,3)", "(role.taken,2)"])
    }

    @Test func `are refused row by row, with the field`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        try await registrar.bring([
            "accounts.csv": "account_id,parent_account_id,name,status\nOLD,,Old,active\n",
            "x.csv": "account_id,parent_account_id,name,status\nOLD,,Old,deleted\n",
        ])
        let done = try await registrar.bring([
            "admins.csv": """
            user_id,account_id,role_id,role,status,root_account
            U9,SCI,,AccountAdmin,active,
            U1,NONE,,AccountAdmin,active,
            U1,OLD,,AccountAdmin,active,
            U1,SCI,,teacher,active,
            U1,SCI,2,,active,
            U1,SCI,,,active,
            U1,SCI,,AccountAdmin,inactive,
            U1,SCI,,AccountAdmin,active,other.example
            ,SCI,,AccountAdmin,active,
            U1,SCI,,AccountAdmin,active,

            """
        ])
        #expect(
            done.errors == [
                "admins.csv: user_id names no user (row 2)",
                "admins.csv: account_id names no account (row 3)",
                "admins.csv: account_id names no account (row 4)",
                "admins.csv: role is not AccountAdmin (row 5)",
                "admins.csv: role_id is not that of AccountAdmin (row 6)",
                "admins.csv: role is empty (row 7)",
                "admins.csv: status is none of active, deleted (row 8)",
                "admins.csv: root_account: users of other institutions are not supported (row 9)",
                "admins.csv: user_id is empty (row 10)",
            ])
        #expect(done.changes("AccountUser") == "created 1")
    }

    @Test func `never leave the institution without one`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        try await registrar.run("UPDATE users SET sis_user_id = 'A0' WHERE id = \(registrar.admin.user)")
        let refused = try await registrar.bring(["admins.csv": header + "A0,,AccountAdmin,deleted\n"])
        #expect(refused.errors == ["admins.csv: user_id: the institution needs an admin (row 2)"])
        #expect(refused.changes("AccountUser") == "")
        // One takes another's place in one file, however it is ordered.
        let done = try await registrar.bring([
            "admins.csv": header + "A0,,AccountAdmin,deleted\nU1,,AccountAdmin,active\n"
        ])
        #expect(done.errors.isEmpty && done.changes("AccountUser") == "created 1, deleted 1")
        #expect(try await registrar.rows(admins) == ["(ada,root,t)"])
    }

    @Test func `are made by nobody who is none when the file's turn comes`() async throws {
        let registrar = try await Registrar.open()
        try await registrar.run(
            """
            INSERT INTO people (login) VALUES ('other');
            INSERT INTO users (institution_id, person_id, name, sortable_name, short_name, sis_user_id)
            SELECT \(registrar.here), id, 'Other', 'Other', 'Other', 'O1' FROM people WHERE login = 'other';
            INSERT INTO user_roles (institution_id, user_id, role)
            SELECT \(registrar.here), id, 'admin' FROM users WHERE sis_user_id = 'O1'
            """)
        let id = try await registrar.send(["admins.csv": header + "O1,,AccountAdmin,deleted\n"])
        try await registrar.run(
            "DELETE FROM user_roles WHERE role = 'admin' AND user_id = \(registrar.admin.user)")
        registrar.startWorker()
        let done = try await registrar.over(id)
        #expect(
            done.errors == ["admins.csv: who sent the file does not administer the institution (row 2)"])
        #expect(try await registrar.rows(admins) == ["(other,root,f)"])
    }

    @Test func `go by comparison only if a file has made them`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        try await registrar.run(
            """
            INSERT INTO account_admins (institution_id, account_id, user_id)
            SELECT u.institution_id, a.id, u.id FROM users u
            JOIN accounts a ON a.institution_id = u.institution_id AND a.sis_account_id = 'SCI'
            WHERE u.sis_user_id = 'U1'
            """)
        let set = [("diffing_data_set_identifier", "admins")]
        let all = "U1,SCI,AccountAdmin,active\nU2,SCI,AccountAdmin,active\nU3,SCI,AccountAdmin,active\n"
        let first = try await registrar.bring(["admins.csv": header + all], set)
        #expect(first.changes("AccountUser") == "created 2, unchanged 1")
        let next = try await registrar.bring(
            ["admins.csv": header + "U3,SCI,AccountAdmin,active\n"], set)
        #expect(next.errors.isEmpty && next.changes("AccountUser") == "unchanged 1, deleted 1")
        #expect(try await registrar.rows(admins) == ["(ada,SCI,f)", "(admin,root,f)", "(cy,SCI,t)"])
        // Batch mode is about a term, to which no admin belongs.
        let batch = try await registrar.bring(
            ["admins.csv": header + "U2,SCI,AccountAdmin,active\n"],
            [("batch_mode", "true"), ("batch_mode_term_id", "sis_term_id:T1")])
        #expect(batch.changes("AccountUser") == "created 1")
        // By name a file removes also whom somebody made by hand.
        let named = try await registrar.bring(["admins.csv": header + "U1,SCI,AccountAdmin,deleted\n"])
        #expect(named.changes("AccountUser") == "deleted 1")
    }

    @Test func `are put back, and what made them is taken back`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let made = try await registrar.bring([
            "admins.csv": header + "U1,SCI,AccountAdmin,active\nU2,,AccountAdmin,active\n"
        ])
        let gone = try await registrar.bring([
            "admins.csv": header + "U1,SCI,AccountAdmin,deleted\nU2,,AccountAdmin,deleted\n"
        ])
        #expect(try await registrar.rows(admins) == ["(admin,root,f)"])
        _ = try await registrar.send(.put, "\(Registrar.path)/\(gone.id)/restore_states")
        #expect(try await registrar.over(gone.id).state == "restored")
        #expect(try await registrar.rows(admins) == ["(ada,SCI,f)", "(admin,root,f)", "(bob,root,f)"])
        _ = try await registrar.send(.put, "\(Registrar.path)/\(made.id)/restore_states")
        #expect(try await registrar.over(made.id).state == "restored")
        #expect(try await registrar.rows(admins) == ["(admin,root,f)"])
    }

    @Test func `stay when what made them is taken back and nobody else would be left`() async throws {
        let registrar = try await Registrar.open()
        registrar.startWorker()
        try await registrar.bring(School.all)
        let made = try await registrar.bring(["admins.csv": header + "U2,,AccountAdmin,active\n"])
        // Whoever asked for it is suspended before the worker comes to it.
        try await registrar.run(
            """
            CREATE FUNCTION suspend() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE users SET workflow_state = 'suspended' WHERE id = \(registrar.admin.user);
                RETURN NULL;
            END $$;
            CREATE TRIGGER suspend AFTER UPDATE OF workflow_state ON sis_imports
                FOR EACH ROW WHEN (NEW.workflow_state = 'restoring') EXECUTE FUNCTION suspend()
            """)
        _ = try await registrar.send(.put, "\(Registrar.path)/\(made.id)/restore_states")
        #expect(try await registrar.over(made.id).state == "partially_restored")
        #expect(try await registrar.rows(admins) == ["(admin,root,f)", "(bob,root,t)"])
    }
}
