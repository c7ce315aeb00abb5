import Telemetry

/// What the broker counts.
struct RedisBrokerMeters: Sendable {
    /// Frames handed to Redis.
    let published: Counter
    /// Frames that were taken from other nodes.
    let received: Counter
    /// Frames that were not handed on, by reason: `unreachable`, `overloaded`, `failed`.
    let dropped: Labelled<Counter>
    /// Frames in our topics that are not believed, by reason.
    let refused: Labelled<Counter>
    /// Topics that this node follows.
    let topics: Gauge
    /// From handing a frame to Redis to its reply.
    let roundTrip: Distribution
    /// From another node's publication, or this node's own probe, to its arrival here; by the two nodes' clocks.
    let lag: Distribution

    init(_ metrics: Metrics) {
        published = metrics.counter("cohort_redis_published_total", "Frames handed to Redis")
        received = metrics.counter("cohort_redis_received_total", "Frames taken from other nodes")
        dropped = metrics.counters(
            "cohort_redis_dropped_total", "Frames that were not handed to Redis, by reason",
            labels: ["reason"])
        refused = metrics.counters(
            "cohort_redis_refused_total", "Frames in our topics that were not believed, by reason",
            labels: ["reason"])
        topics = metrics.gauge("cohort_redis_topics", "Topics that this node follows")
        roundTrip = metrics.distribution(
            "cohort_redis_round_trip_seconds", "From handing a frame to Redis to its reply")
        lag = metrics.distribution(
            "cohort_redis_lag_seconds",
            "From a publication, or a probe, to its arrival by Redis, by the nodes' clocks")
    }
}
