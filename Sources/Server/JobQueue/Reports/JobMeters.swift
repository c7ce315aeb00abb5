package import Telemetry

/// What the queue counts: for Prometheus, and for the minutes that all nodes share.
///
/// Any thread may count. Labels are kinds, outcomes and error classes, which the program names.
package final class JobMeters: Sendable {
    private let outcomes: Labelled<Counter>
    private let failures: Labelled<Counter>
    private let takeovers: Labelled<Counter>
    private let runTimes: Labelled<Distribution>
    private let waits: Labelled<Distribution>
    private let depths: Labelled<Gauge>
    private let ages: Labelled<Gauge>
    private let institutions: ByInstitution<Counter>
    private let institutionFailures: ByInstitution<Counter>
    let minutes = JobMinutes()

    package init(metrics: Metrics) {
        outcomes = metrics.counters(
            "cohort_jobs_total", "Attempts at jobs by what came of them.", labels: ["kind", "outcome"])
        failures = metrics.counters(
            "cohort_job_failures_total", "Failed attempts by class of error.", labels: ["kind", "class"])
        takeovers = metrics.counters(
            "cohort_job_takeovers_total", "Jobs whose worker's lease ran out.", labels: ["kind"])
        runTimes = metrics.distributions(
            "cohort_job_run_seconds", "From the claim until what came of an attempt was written.",
            labels: ["kind"])
        waits = metrics.distributions(
            "cohort_job_wait_seconds", "From when a job was due until a worker took it.", labels: ["kind"])
        depths = metrics.gauges(
            "cohort_job_depth", "Jobs of all nodes by state, as of the last look.", labels: ["kind", "state"])
        ages = metrics.gauges(
            "cohort_job_oldest_seconds", "For how long the job has been due that waits longest.",
            labels: ["kind"])
        institutions = metrics.countersByInstitution(
            "cohort_institution_jobs_total", "Attempts at jobs, by institution.")
        institutionFailures = metrics.countersByInstitution(
            "cohort_institution_job_failures_total", "Failed attempts at jobs, by institution.")
    }

    /// A worker takes a job.
    func began(_ job: ClaimedJob) { waits.with(job.kind).record(job.waited) }

    /// An attempt for an institution is over.
    func count(_ institution: Int64, failed: Bool) {
        institutions.of(institution).add()
        if failed { institutionFailures.of(institution).add() }
    }

    /// An attempt is over.
    func count(
        _ kind: String, _ outcome: JobOutcomeKind, failure: ErrorClass? = nil, busy: Duration? = nil,
        times: Int = 1
    ) {
        outcomes.with(kind, outcome.rawValue).add(times)
        if let failure { failures.with(kind, failure.rawValue).add(times) }
        if outcome == .rescued { takeovers.with(kind).add(times) }
        if let busy { runTimes.with(kind).record(busy) }
        minutes.add(kind, outcome, failure, busy: busy ?? .zero, times: times)
    }

    /// A look at the whole queue.
    func show(_ depth: [JobDepth]) {
        for kind in depth {
            depths.with(kind.kind, "available").set(kind.available)
            depths.with(kind.kind, "scheduled").set(kind.scheduled)
            depths.with(kind.kind, "running").set(kind.running)
            depths.with(kind.kind, "dead").set(kind.dead)
            ages.with(kind.kind).set(Int(kind.oldest.components.seconds))
        }
    }
}
