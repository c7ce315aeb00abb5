import Assessment
import Classroom
import Content
import Courses
import EventLoop
import LiveHub
import Logging
import Operations
import Postgres
import Telemetry
import Tenancy
import WebServer

/// What all loops of a node have in common.
///
/// Any thread may use it.
final class Node: Sendable {
    let configuration: Configuration
    let metrics: Metrics
    let health: Health
    let logger: Logger
    let sink: LogSink
    let group: EventLoopGroup
    let hub: LiveHub
    let log: EventLog
    let intake: AnswerIntake
    let classroom: ClassroomFeature
    let tenancy: TenancyServices
    let content: ContentServices
    let courses = CoursesServices(
        coursework: GradebookCoursework(), files: StoredFiles(), classes: ClassesOfCourse())
    let monitor: LiveMonitor
    let disk: WorkLane
    let jobs: BackgroundJobs
    /// Answers of the catalogue that are kept, for all loops.
    let snapshots: SnapshotStore
    /// The certificates; `nil` for a node that leaves HTTPS to a proxy.
    let tls: NodeTLS?
    /// The connections of the log and of the intake, which are their own.
    let ownPools: [LoopBound<PostgresPool>]
    /// One for each database.
    private let watchers: [LoopBound<LogWatcher>]
    private let shards: Shards
    private let nodeWatch: LoopBound<NodeWatch>?
    private let carrier: Carrier

    init(
        configuration: Configuration, metrics: Metrics, health: Health, sink: LogSink, group: EventLoopGroup,
        hub: LiveHub, log: EventLog, intake: AnswerIntake, classroom: ClassroomFeature,
        tenancy: TenancyServices, content: ContentServices, disk: WorkLane,
        monitor: LiveMonitor, watchers: [LoopBound<LogWatcher>], nodeWatch: LoopBound<NodeWatch>?,
        carrier: Carrier, jobs: BackgroundJobs, shards: Shards, snapshots: SnapshotStore, tls: NodeTLS?,
        ownPools: [LoopBound<PostgresPool>]
    ) {
        self.configuration = configuration
        self.metrics = metrics
        self.health = health
        self.sink = sink
        self.group = group
        self.hub = hub
        self.log = log
        self.intake = intake
        self.classroom = classroom
        self.tenancy = tenancy
        self.content = content
        self.disk = disk
        self.monitor = monitor
        self.watchers = watchers
        self.shards = shards
        self.nodeWatch = nodeWatch
        self.carrier = carrier
        self.jobs = jobs
        self.snapshots = snapshots
        self.tls = tls
        self.ownPools = ownPools
        logger = Log.logger("server")
    }

    /// Begins to look for events that the broker did not bring, whether it brings any, and for the end of storms; once every loop
    /// has its share of the live layer.
    func startWatching() {
        for watcher in watchers { watcher.loop.execute { watcher.value.start() } }
        if let nodeWatch { nodeWatch.loop.execute { nodeWatch.value.start() } }
        HeapKeeper.start(hub, on: group.loops[0])
    }

    /// Ends looking after several databases, before the pool that it looks with is closed.
    func stopShards() { shards.stop() }

    /// Tells the others that this node is about to go, while there are connections to do so.
    func leaveCluster() {
        guard let nodeWatch else { return }
        nodeWatch.loop.execute { nodeWatch.loop.run { await nodeWatch.value.stop() } }
    }

    /// Closes the pools that no loop's share closes, and ends what uses them.
    func closeOwnPools() {
        for watcher in watchers { watcher.loop.execute { watcher.value.stop() } }
        carrier.close()
        jobs.close()
        for pool in ownPools { pool.loop.execute { pool.value.close() } }
    }
}
