import Content
import EventLoop
import Foundation
import Glibc
import HTTPTypes
import JSON
import Postgres
import Telemetry
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Privacy

private let path = "/api/v1/accounts/self/retention"

struct `Retention` {
    @Test func `is set by admins within bounds, and noted`() async throws {
        let office = try await Office.open()
        let before = try await office.send(.get, path)
        #expect(before.json["retention"]?["export_days"]?.int == 7)
        #expect(before.json["retention"] == before.json["defaults"])
        let after = try await office.send(.put, path, ["retention": ["export_days": 3, "audit_days": 365]])
        #expect(after.status == 200)
        #expect(after.json["retention"]?["export_days"]?.int == 3)
        #expect(try await office.send(.put, path, ["retention": ["audit_days": 1]]).status == 400)
        let reset = try await office.send(.put, path, ["retention": ["export_days": .null]])
        #expect(reset.json["retention"]?["export_days"]?.int == 7)
        #expect(reset.json["retention"]?["audit_days"]?.int == 365)
        #expect(try await office.send(.get, path, as: office.ada).status == 403)
        #expect(
            try await office.texts(
                "SELECT details->>'export_days' FROM audit_events WHERE kind = 'retention.changed' ORDER BY id"
            )
                == ["3", "7"])
    }

    @Test func `sweeps what is too old, and nothing else`() async throws {
        let office = try await Office.open()
        try await office.leaveTraces()
        let old = try await office.addFile("old.txt", "old bytes", of: office.bob)
        let same = try await office.addFile("same.txt", "bytes twice", of: office.bob)
        let twin = try await office.addFile("twin.txt", "bytes twice", of: office.bob)
        let fresh = try await office.addFile("fresh.txt", "fresh bytes", of: office.bob)
        let (place, admin) = (office.here.rawValue, office.admin.user)
        try await office.run(
            """
            UPDATE files SET workflow_state = 'deleted', updated_at = now() - interval '40 days'
            WHERE id IN (\(old.id), \(same.id));
            UPDATE files SET workflow_state = 'deleted' WHERE id = \(fresh.id);
            UPDATE sessions SET expires_at = now() - interval '40 days';
            UPDATE idempotency_keys SET created_at = now() - interval '2 days';
            UPDATE sis_imports SET ended_at = now() - interval '100 days';
            INSERT INTO sis_import_messages (institution_id, import_id, is_error, file, message)
            VALUES (\(place), 9006, true, 'users.csv', 'wrong');
            INSERT INTO audit_events (institution_id, kind, actor_id, at)
            VALUES (\(place), 'sign_out', \(admin), now() - interval '800 days');
            UPDATE live_events SET at = (extract(epoch FROM now()) * 1000)::bigint WHERE author = \(office.bob.user);
            """)
        office.startWorker()
        let keeper = try await office.loop.perform { [office] in
            LoopBound(
                RetentionKeeper(
                    pool: office.pool.value, queue: office.queue, place: office.place, logger: Log.silent,
                    // Three in the morning.
                    clock: { (WallTime.milliseconds() / 86_400_000) * 86_400_000 + 3 * 3_600_000 }),
                loop: office.loop)
        }
        let asked = try await office.loop.perform { await keeper.value.look() }
        #expect(asked == 2)
        _ = try await office.wait(path) { $0["swept_at"] != .null }

        #expect(!FileManager.default.fileExists(atPath: old.path))
        #expect(FileManager.default.fileExists(atPath: same.path))
        #expect(FileManager.default.fileExists(atPath: fresh.path))
        #expect(
            try await office.texts("SELECT id::text FROM files WHERE id = ANY ('{\(old.id),\(same.id)}')")
                == [])
        #expect(
            try await office.texts(
                "SELECT count(*)::text FROM files WHERE id = ANY ('{\(twin.id),\(fresh.id)}')") == ["2"])
        for table in ["sessions", "idempotency_keys", "sis_import_pieces", "sis_import_messages"] {
            #expect(try await office.texts("SELECT count(*)::text FROM \(table)") == ["0"], "\(table)")
        }
        #expect(try await office.texts("SELECT 1::text FROM audit_events WHERE kind = 'sign_out'") == [])
        #expect(
            try await !office.texts("SELECT 1::text FROM audit_events WHERE kind = 'sign_in.succeeded'")
                .isEmpty)
        #expect(try await office.traces(of: "Chat Marked") == [])
        #expect(try await office.traces(of: "Chat of Bob").count == 1)
        // A second keeper asks for the same job.
        _ = try await office.loop.perform { await keeper.value.look() }
        #expect(
            try await office.texts(
                "SELECT count(*)::text FROM jobs WHERE kind = 'privacy.sweep' AND institution_id = \(place)")
                == ["1"])
    }

    @Test func `asks for nothing before the hour, and removes what dead workers left`() async throws {
        let office = try await Office.open()
        let folder = office.place.folder
        let (left, new) = ("\(folder)/upload-1-2-3", "\(folder)/upload-new")
        for file in [left, new] { #expect(FileManager.default.createFile(atPath: file, contents: Data([1]))) }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3 * 86_400)], ofItemAtPath: left)
        let midnight = (WallTime.milliseconds() / 86_400_000) * 86_400_000
        let asked = try await office.loop.perform { [office] in
            await RetentionKeeper(
                pool: office.pool.value, queue: office.queue, place: office.place, logger: Log.silent,
                clock: { midnight }
            ).look()
        }
        #expect(asked == 0)
        #expect(!FileManager.default.fileExists(atPath: left))
        #expect(FileManager.default.fileExists(atPath: new))
    }

    @Test func `begins with what dead workers left, before it looks`() async throws {
        let office = try await Office.open()
        let folder = office.place.folder
        let (dead, alive, old, new) = (
            "\(folder)/export-1-2-3", "\(folder)/export-1-4-5", "\(folder)/upload-1-2-3",
            "\(folder)/upload-new"
        )
        for file in [dead, old, new] {
            #expect(FileManager.default.createFile(atPath: file, contents: Data([1])))
        }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3 * 86_400)], ofItemAtPath: old)
        let own = try await ArchiveFile.create(at: alive, lane: office.place.lane, now: 0)
        let keeper = try await office.loop.perform { [office] in
            let keeper = RetentionKeeper(
                pool: office.pool.value, queue: office.queue, place: office.place, logger: Log.silent)
            keeper.start()
            return LoopBound(keeper, loop: office.loop)
        }
        let end = ContinuousClock.now + .seconds(30)
        while FileManager.default.fileExists(atPath: dead) || FileManager.default.fileExists(atPath: old) {
            try #require(ContinuousClock.now < end, "they are still there")
            try await office.loop.perform { [office] in await office.pause() }
        }
        #expect(FileManager.default.fileExists(atPath: alive) && FileManager.default.fileExists(atPath: new))
        // Sweeps are asked for later, by ``RetentionKeeper/look()``.
        #expect(try await office.texts("SELECT 1::text FROM jobs WHERE kind = 'privacy.sweep'") == [])
        try await office.loop.perform { keeper.value.stop() }
        withExtendedLifetime(own) {}
    }

    @Test func `removes the archive of a maker that was killed at once, and of nobody else`() async throws {
        let office = try await Office.open()
        let folder = office.place.folder
        let (dead, alive) = ("\(folder)/export-1-2-3", "\(folder)/export-1-4-5")
        // Another process that holds its file as a maker does: flock(1) opens it, locks it and runs `sleep`.
        #expect(FileManager.default.createFile(atPath: dead, contents: Data(repeating: 7, count: 1 << 20)))
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        maker.arguments = ["--no-fork", dead, "sleep", "60"]
        try maker.run()
        defer { maker.terminate() }
        let own = try await ArchiveFile.create(at: alive, lane: office.place.lane, now: 0)
        let look = { @Sendable [office] in
            try await office.loop.perform {
                _ = await RetentionKeeper(
                    pool: office.pool.value, queue: office.queue, place: office.place, logger: Log.silent,
                    clock: { 0 }
                ).look()
            }
        }
        // Until the other process has its lock: then a try of ours fails.
        while true {
            let descriptor = open(dead, O_RDONLY | O_CLOEXEC)
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { break }
            try #require(maker.isRunning)
        }
        try await look()
        #expect(FileManager.default.fileExists(atPath: dead) && FileManager.default.fileExists(atPath: alive))
        kill(maker.processIdentifier, SIGKILL)
        maker.waitUntilExit()
        try await look()
        #expect(!FileManager.default.fileExists(atPath: dead))
        #expect(FileManager.default.fileExists(atPath: alive))
        withExtendedLifetime(own) {}
    }
}
