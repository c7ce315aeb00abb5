import EventLoop
import Postgres

/// Completes jobs that have nothing to write: all that are done while one transaction is under way become the next.
///
/// Confined to the pool's loop. An idle worker commits one job at once, a busy one hundreds per flush of the disk.
final class Completions {
    /// Jobs of one transaction at most.
    private static let batch = 500

    private struct Waiting {
        let run: JobRun
        let continuation: CheckedContinuation<Result<Bool, PostgresError>, Never>
    }

    private let pool: PostgresPool
    private var waiting: [Waiting] = []
    private var isFlying = false

    init(pool: PostgresPool) { self.pool = pool }

    /// Completes a job; returns whether its fence held.
    func add(_ run: JobRun) async throws(PostgresError) -> Bool {
        let result = await withCheckedContinuation { continuation in
            waiting.append(Waiting(run: run, continuation: continuation))
            // What else ends within this round of the loop goes along.
            pool.loop.later { [self] in fly() }
        }
        return try result.get()
    }

    private func fly() {
        guard !isFlying, !waiting.isEmpty else { return }
        isFlying = true
        let flown = Array(waiting.prefix(Completions.batch))
        waiting.removeFirst(flown.count)
        var batch = TransactionBatch(statementTimeout: JobWorker.statementTimeout)
        var places: [TenantID: Int] = [:]
        let groups = Dictionary(grouping: flown.map(\.run), by: \.institution)
        for (institution, runs) in groups.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            places[institution] = batch.append(
                JobStatements.complete, [.intArray(runs.map(\.id)), .intArray(runs.map(\.fence))],
                tenant: institution)
            let keyed = runs.filter(\.givesUpKey)
            if !keyed.isEmpty {
                batch.append(
                    JobStatements.giveUpKeys, [.int(institution.rawValue), .intArray(keyed.map(\.id))],
                    tenant: institution)
            }
        }
        pool.batch(batch) { [self] result in
            isFlying = false
            fly()
            let completed = Completions.read(result, places)
            for one in flown {
                one.continuation.resume(returning: completed.map { $0.contains(one.run.id) })
            }
        }
    }

    /// The ids of the jobs that were completed.
    private static func read(
        _ result: Result<[Rows], PostgresError>, _ places: [TenantID: Int]
    ) -> Result<Set<Int64>, PostgresError> {
        do throws(PostgresError) {
            let results = try result.get()
            var ids: Set<Int64> = []
            for place in places.values {
                for row in results[place] { ids.insert(try row.int(0)) }
            }
            return .success(ids)
        } catch {
            return .failure(error)
        }
    }
}
