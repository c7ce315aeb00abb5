import EventLoop
import Postgres
import TestKit
import Testing
import WebServer

@testable import Tenancy

struct `Schema of tenancy` {
    @Test func `has no table outside of the rule but those that were reviewed`() async throws {
        let school = try await School.open()
        let findings = try await school.asOwner { try await SchemaReview.findings($0) }
        #expect(findings == [])
    }

    private static let carelessMigrations = [
        ("CREATE TABLE essays (id bigint PRIMARY KEY)", "essays has no institution_id that is never null"),
        (
            "CREATE TABLE essays (institution_id bigint NOT NULL, id bigint, PRIMARY KEY (institution_id, id))",
            "essays has no row-level security"
        ),
        (
            """
            CREATE TABLE essays (institution_id bigint NOT NULL, id bigint, PRIMARY KEY (institution_id, id));
            ALTER TABLE essays ENABLE ROW LEVEL SECURITY;
            CREATE POLICY p ON essays
                USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
            """, "essays does not force row-level security on its owner"
        ),
        (
            """
            CREATE TABLE essays (institution_id bigint NOT NULL, id bigint, PRIMARY KEY (institution_id, id));
            ALTER TABLE essays ENABLE ROW LEVEL SECURITY; ALTER TABLE essays FORCE ROW LEVEL SECURITY;
            CREATE POLICY p ON essays USING (true)
            """, "essays has a policy of another kind: true|true"
        ),
        (
            "CREATE TABLE essays (institution_id bigint NOT NULL, id bigint PRIMARY KEY)",
            "essays_pkey does not begin with institution_id"
        ),
        ("CREATE VIEW essays AS SELECT * FROM users", "essays has no row-level security"),
        (
            "CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
            "peep runs with its owner's rights"
        ),
    ]

    @Test func `is found wanting after a careless migration`() async throws {
        // A database of its own: the others must not see what is done to it.
        let deployment = try await Deployment.open()
        for (sql, finding) in Self.carelessMigrations {
            let findings = try await deployment.loop.perform {
                let loop = deployment.loop
                let session = try await PostgresSession.open(
                    loop: loop, configuration: deployment.database.owner)
                defer { session.close() }
                try await session.run(sql)
                let findings = try await SchemaReview.findings(deployment.owner.value)
                let kind = sql.hasPrefix("CREATE VIEW") ? "VIEW essays" : "TABLE essays"
                try await session.run(sql.contains("peep") ? "DROP FUNCTION peep" : "DROP \(kind)")
                return findings
            }
            #expect(findings.contains(finding), "\(findings)")
        }
    }

    private static let tenantTables = ["users", "user_roles", "sessions", "access_tokens", "observer_links"]

    @Test func `shows nothing without an institution, and nothing of another`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.parent]])
        let there = try await school.institution("There", ["cyd": [.student], "dot": [.student]])
        let (ada, bea) = try #require(here.users["ada"].flatMap { a in here.users["bea"].map { (a, $0) } })
        try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            _ = try await directory.createTokens(for: [ada.id], purpose: "test", in: here.id)
            _ = try await SessionStore(pool: context.pool).open(user: ada.id, in: here.id)
            try await directory.link(parent: bea.id, to: ada.id, in: here.id)
            for table in Self.tenantTables {
                let count = Statement("SELECT count(institution_id) FROM \(table)", isPrepared: false)
                let none = try await context.pool.query(count, tenant: nil)
                #expect(try none[0].int(0) == 0, "\(table)")
                let own = try await context.pool.query(count, tenant: here.id)
                #expect(try own[0].int(0) > 0, "\(table)")
                let others = Statement(
                    "SELECT count(institution_id) FROM \(table) WHERE institution_id = \(here.id)",
                    isPrepared: false)
                let seen = try await context.pool.query(others, tenant: there.id)
                #expect(try seen[0].int(0) == 0, "\(table)")
            }
        }
    }

    @Test func `takes no row for another institution`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin]])
        let there = try await school.institution("There", ["cyd": [.student]])
        let cyd = try #require(there.users["cyd"])
        let insert = Statement(
            "INSERT INTO user_roles (institution_id, user_id, role) VALUES ($1, $2, 'admin')",
            isPrepared: false)
        for tenant in [here.id, nil] {
            let state = try await school.onLoop { context in
                do throws(PostgresError) {
                    _ = try await context.pool.query(
                        insert, [.int(there.id.rawValue), .int(cyd.id)], tenant: tenant)
                    return nil as SQLState?
                } catch {
                    return error.state
                }
            }
            #expect(state == .insufficientPrivilege)
        }
    }

    @Test(arguments: [
        "SELECT login FROM people", "SELECT password_hash FROM people", "SELECT * FROM person_institutions",
        "SELECT token_hash FROM sessions", "SELECT csrf FROM sessions",
        "SELECT token_hash FROM access_tokens",
        "UPDATE institutions SET name = 'x'", "DELETE FROM users", "UPDATE sessions SET user_id = 1",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY", "SET ROLE cohort_owner",
    ])
    func `gives the application no more than it needs`(sql: String) async throws {
        let school = try await School.open()
        let state = try await school.onLoop { context in
            do throws(PostgresError) {
                _ = try await context.pool.query(Statement(sql, isPrepared: false), tenant: nil)
                return nil as SQLState?
            } catch {
                return error.state
            }
        }
        #expect(state == .insufficientPrivilege)
    }
}
