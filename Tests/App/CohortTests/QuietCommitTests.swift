import EventLoop
import Postgres
import TestKit
import Testing

@testable import Cohort

/// Commits that notify go one after the other: Postgres takes one lock for all of them.
struct `What writes` {
    @Test func `notifies nobody from within the database, in no function and no trigger`() async throws {
        let loop = try EventLoop(index: 0, label: "quiet")
        let talking = try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
            return try await database.asSuperuser(
                """
                SELECT proname::text FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND prosrc ~* '(pg_notify|\\mNOTIFY\\M)'
                """, on: loop)[0].map { try $0.text(0) }
        }
        #expect(talking == [])
    }
}
