import EventLoop
import Glibc
package import JobQueue
package import Logging
package import Postgres
import Telemetry

/// Asks for the nightly sweep of every institution, and removes archives that dead workers left.
///
/// Confined to the loop of `pool`. Every node that works has one; what two of them ask for is one job.
package final class RetentionKeeper {
    /// The hour, in UTC, from which on a day's sweeps may run.
    private static let hour = 2
    private static let batch = 200
    /// Seconds after its last change that any other file in the folder is given up.
    private static let patience = 86_400

    private static let institutions: Statement =
        "SELECT id FROM institutions WHERE id > $1 ORDER BY id LIMIT $2"

    private let pool: PostgresPool
    private let queue: JobQueue
    private let place: ExportPlace?
    private let logger: Logger
    private let clock: () -> Int64
    private var timer: LoopTimer?
    private var isStopped = false

    /// Makes the keeper; on the loop of `pool`.
    ///
    /// - Parameters:
    ///   - pool: Connections.
    ///   - queue: Where it asks for jobs.
    ///   - place: Whose folder it cleans.
    ///   - logger: Where it complains.
    ///   - clock: Milliseconds since 1970.
    package init(
        pool: PostgresPool, queue: JobQueue, place: ExportPlace?, logger: Logger = Log.logger("privacy"),
        clock: @escaping () -> Int64 = WallTime.milliseconds
    ) {
        self.pool = pool
        self.queue = queue
        self.place = place
        self.logger = logger
        self.clock = clock
    }

    /// Begins: what dead workers left goes at once; it looks every half an hour.
    package func start() {
        pool.loop.run { [weak self] in await self?.clean() }
        schedule(after: .seconds(60))
    }

    /// Ends; before the pool is closed.
    package func stop() {
        isStopped = true
        timer?.cancel()
    }

    private func schedule(after pause: Duration) {
        guard !isStopped else { return }
        timer = pool.loop.schedule(after: pause) { [weak self] in
            guard let self else { return }
            pool.loop.run {
                await self.look()
                self.schedule(after: .seconds(1800))
            }
        }
    }

    /// Asks for the day's sweeps, once the hour has come, and cleans the folder.
    ///
    /// - Returns: How many institutions were asked for.
    @discardableResult
    package func look() async -> Int {
        await clean()
        let seconds = clock() / 1000
        guard seconds % 86_400 / 3600 >= RetentionKeeper.hour,
            let request = RetentionJob.request(day: "day-\(seconds / 86_400)")
        else { return 0 }
        var (after, count): (Int64, Int) = (0, 0)
        do throws(PostgresError) {
            while !isStopped {
                let rows = try await pool.query(
                    RetentionKeeper.institutions, [.int(after), .int(Int64(RetentionKeeper.batch))],
                    tenant: nil)
                var batch = TransactionBatch()
                for row in rows {
                    after = try row.int(0)
                    _ = queue.append([request], to: &batch, tenant: TenantID(rawValue: after))
                }
                if rows.isEmpty { break }
                try await pool.run(batch)
                count += rows.count
            }
        } catch {
            logger.warning("nightly sweeps cannot be asked for", metadata: ["error": "\(error)"])
        }
        if count > 0 { queue.wake() }
        return count
    }

    private func clean() async {
        guard let place else { return }
        let (folder, limit) = (place.folder, clock() / 1000 - Int64(RetentionKeeper.patience))
        _ = await place.lane.run {
            AbandonedArchives.remove(in: folder)
            RetentionKeeper.clean(folder, before: limit)
        }
    }

    /// Removes files of the folder itself that nobody has written to since; blocks.
    private static func clean(_ folder: String, before limit: Int64) {
        for name in AbandonedArchives.names(in: folder) where !name.hasPrefix(AbandonedArchives.prefix) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                Int64(status.st_mtim.tv_sec) < limit
            else { continue }
            unlink(path)
        }
    }
}
