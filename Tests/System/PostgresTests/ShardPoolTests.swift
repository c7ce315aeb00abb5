import EventLoop
import Postgres
import TestKit
import Testing

/// Two databases behind one pool.
@Suite(.timeLimit(.minutes(2)))
struct `A pool of several databases` {
    private static let lookup: Statement = "SELECT shard::bigint FROM places WHERE institution_id = $1"
    private static let here: Statement = "SELECT current_database()::text"
    private static let far = TenantID(rawValue: ShardMap.ids(of: 1).lowerBound)
    private static let near = TenantID(rawValue: 1)

    private struct Site {
        let pool: PostgresPool
        let directory: ShardDirectory
        let home: TestDatabase
        let shard: TestDatabase

        func name(_ tenant: TenantID?) async throws -> String {
            try await pool.query(here, tenant: tenant)[0].text(0)
        }
    }

    private func withSite(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        let server = try await PrivatePostgres.shared()
        try await withDatabase { home, loop in
            let shard = try await server.makeDatabase(on: loop)
            try await home.asSuperuser(
                """
                CREATE TABLE places (institution_id bigint PRIMARY KEY, shard integer, asked bigint DEFAULT 0);
                INSERT INTO places VALUES (\(Self.far), 1);
                GRANT SELECT ON places TO cohort_app
                """, on: loop)
            let directory = ShardDirectory()
            var quick = shard.app
            quick.backoff = Backoff(base: .milliseconds(10), limit: .milliseconds(50))
            let pool = PostgresPool(
                loop: loop, configuration: home.app, size: 1, waiters: 64,
                shards: ShardPlan([1: quick], directory: directory, lookup: Self.lookup))
            defer { pool.close() }
            for member in pool.members { try await member.waitUntilOpen(atMost: .seconds(30)) }
            try await body(Site(pool: pool, directory: directory, home: home, shard: shard))
        }
    }

    @Test func `sends what names a tenant to its database, and all else home`() async throws {
        try await withSite { site in
            #expect(site.pool.isSharded && site.pool.members.map(\.shard) == [0, 1])
            let name1 = try await site.name(nil)
            #expect(name1 == site.home.name)
            let name2 = try await site.name(Self.near)
            #expect(name2 == site.home.name)
            // Home is asked, since the directory knows nothing yet.
            let name3 = try await site.name(Self.far)
            #expect(name3 == site.shard.name)
            #expect(site.directory.place(of: Self.far) == .shard(1))
            // A member's own database is meant where no tenant is.
            let member = site.pool.members[1]
            let name4 = try await member.query(Self.here, tenant: nil)[0].text(0)
            #expect(name4 == site.shard.name)
            let name5 = try await member.query(Self.here, tenant: Self.near)[0].text(0)
            #expect(name5 == site.home.name)
            #expect(member.hasRows(of: Self.far) && !site.pool.hasRows(of: Self.far))
            #expect(member.home === site.pool)
        }
    }

    @Test func `opens transactions there, from which home can be reached`() async throws {
        try await withSite { site in
            try await site.pool.transaction(tenant: Self.far) { transaction in
                #expect(transaction.shard == 1 && transaction.home === site.pool)
                let name6 = try await transaction.query(Self.here)[0].text(0)
                #expect(name6 == site.shard.name)
            }
            try await site.pool.transaction(tenant: Self.near) { transaction in
                #expect(transaction.shard == 0 && transaction.home == nil)
                let name7 = try await transaction.query(Self.here)[0].text(0)
                #expect(name7 == site.home.name)
            }
        }
    }

    @Test func `takes batches of one database, and calls apart for several`() async throws {
        try await withSite { site in
            // A statement without a tenant goes with the others.
            var batch = TransactionBatch()
            batch.append(Self.here, tenant: nil)
            batch.append(Self.here, tenant: Self.far)
            let answers = try await site.pool.run(batch)
            let found = try answers.map { try $0[0].text(0) }
            #expect(found == [site.shard.name, site.shard.name])
            let called = Answer<[Rows]>()
            site.pool.batch(batch) { called.give($0) }
            #expect(!called.isGiven)
            let name8 = try await called.value()[1][0].text(0)
            #expect(name8 == site.shard.name)

            batch.append(Self.here, tenant: Self.near)
            let mixed = batch
            let refused = await failure(PostgresError.self) { try await site.pool.run(mixed) }
            #expect(refused == .encoding("a batch for institutions in several databases"))
            try await site.pool.runApart([(Self.here, [], Self.near), (Self.here, [], Self.far)])
        }
    }

    @Test func `asks home once about an institution that is nowhere`() async throws {
        try await withSite { site in
            let nobody = TenantID(rawValue: Self.far.rawValue + 1)
            let name9 = try await site.name(nobody)
            #expect(name9 == site.home.name)
            #expect(site.directory.place(of: nobody) == .shard(0))
            // It is placed, and the table read again.
            site.directory.replace(with: [nobody: 1])
            let name10 = try await site.name(nobody)
            #expect(name10 == site.shard.name)
        }
    }

    @Test func `says no for a database that is not configured or not admitted`() async throws {
        try await withSite { site in
            site.directory.replace(with: [Self.far: 9])
            let strange = await failure(PostgresError.self) { try await site.name(Self.far) }
            #expect(strange == .unavailable("shard 9 is not configured here"))
            site.directory.replace(with: [Self.far: 1])
            site.directory.refuse(1, because: "it lacks migrations")
            let refused = await failure(PostgresError.self) { try await site.name(Self.far) }
            #expect(refused == .unavailable("shard 1: it lacks migrations"))
            #expect(site.pool.members[1].obstacle == "it lacks migrations")
            let name11 = try await site.name(Self.near)
            #expect(name11 == site.home.name)
            site.directory.refuse(1, because: nil)
            let name12 = try await site.name(Self.far)
            #expect(name12 == site.shard.name)
        }
    }

    @Test func `goes on without a database that is away, and with it when it is back`() async throws {
        try await withSite { site in
            _ = try await site.name(Self.far)
            let member = site.pool.members[1]
            try await site.shard.shut(on: site.pool.loop)
            while member.obstacle == nil { await pause(site.pool.loop) }
            let failure = await failure(PostgresError.self) { try await site.name(Self.far) }
            guard case .unavailable(let reason)? = failure else {
                Issue.record("it is not unavailable")
                return
            }
            #expect(reason.hasPrefix("shard 1: "))
            let name13 = try await site.name(Self.near)
            #expect(name13 == site.home.name)
            try await site.shard.reopen(on: site.pool.loop)
            try await member.waitUntilOpen(atMost: .seconds(30))
            let name14 = try await site.name(Self.far)
            #expect(name14 == site.shard.name)
        }
    }

    private func pause(_ loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            _ = loop.schedule(after: .milliseconds(5)) { continuation.resume() }
        }
    }
}
