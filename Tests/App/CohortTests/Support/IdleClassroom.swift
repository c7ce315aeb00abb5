import Assessment
import Classroom
import EventLoop
import Postgres
import Telemetry

/// The classes of a node that serves nobody and has no database: for tests that look at routes alone.
func idleClassroom() throws -> ClassroomFeature {
    let group = try EventLoopGroup(count: 1)
    let pool = PostgresPool(
        loop: group.loops[0], configuration: PostgresConfiguration(parameters: [:]), size: 1, waiters: 1)
    return ClassroomFeature(
        loops: group, intake: AnswerIntake(loop: group.loops[0], pool: pool, metrics: Metrics()))
}
