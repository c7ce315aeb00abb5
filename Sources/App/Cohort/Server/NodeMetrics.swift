import EventLoop
import LiveHub
import Operations
import Sockets
import Telemetry
import WebSocket

/// What `/metrics` tells of the process and of the live layer besides what each part counts itself.
enum NodeMetrics {
    /// Registers the numbers of the process; each is read when somebody asks.
    static func registerProcess(_ metrics: Metrics, loops: [EventLoop]) {
        metrics.gauge("cohort_process_resident_bytes", "Memory of the process that is in RAM.") {
            Double(ProcessGauges.read().residentBytes ?? 0)
        }
        metrics.gauge("cohort_process_open_descriptors", "Open descriptors.") {
            Double(ProcessGauges.read().descriptors ?? 0)
        }
        for loop in loops {
            metrics.gauge(
                "cohort_loop_busy_seconds", "Time that a loop has spent on work, since the start.",
                ("loop", "\(loop.index)")
            ) { Double(loop.busyNanoseconds) / 1e9 }
            metrics.gauge(
                "cohort_loop_timers", "Timers that are still to come.",
                ("loop", "\(loop.index)")
            ) { Double(loop.timerCount) }
        }
    }

    /// Registers those, and the numbers of the live layer.
    static func register(_ metrics: Metrics, hub: LiveHub, loops: [EventLoop]) {
        registerProcess(metrics, loops: loops)
        streams(metrics, hub)
        compression(metrics, hub)
        live(metrics, hub, "cohort_live_connections", "Live sessions that are connected.") {
            Double($0.connections)
        }
        live(metrics, hub, "cohort_live_joins", "Sessions that have connected, since the start.") {
            Double($0.joins)
        }
        live(metrics, hub, "cohort_live_commands", "Commands of live sessions, since the start.") {
            Double($0.commands)
        }
        live(metrics, hub, "cohort_live_deliveries", "Publications handed to sessions, since the start.") {
            Double($0.deliveries)
        }
        live(metrics, hub, "cohort_live_slow_disconnects", "Sessions ended for reading too slowly.") {
            Double($0.slowDisconnects)
        }
        live(metrics, hub, "cohort_live_ephemeral_drops", "Ephemeral publications that slow readers missed.")
        {
            Double($0.ephemeralDrops)
        }
        live(metrics, hub, "cohort_live_refused_by_rate", "Commands refused because they came too fast.") {
            Double($0.refusedByRate)
        }
        live(metrics, hub, "cohort_live_gap_fills", "Holes that were filled from the log.") {
            Double($0.gapFills)
        }
        live(metrics, hub, "cohort_live_past_reads", "Reads of what channels have said before.") {
            Double($0.pastReads)
        }
        live(metrics, hub, "cohort_live_shared_reads", "Answers about that which somebody else's read gave.")
        {
            Double($0.sharedReads)
        }
        live(metrics, hub, "cohort_live_failed_recoveries", "Recoveries that history could not serve.") {
            Double($0.failedRecoveries)
        }
    }

    /// What permessage-deflate has saved; a message counts once, however many receive it.
    private static func compression(_ metrics: Metrics, _ hub: LiveHub) {
        live(
            metrics, hub, "cohort_live_compressed_messages", "Messages that were compressed, since the start."
        ) {
            Double($0.compressed.messages)
        }
        live(metrics, hub, "cohort_live_compressed_bytes_before", "Bytes of these messages before.") {
            Double($0.compressed.bytesBefore)
        }
        live(metrics, hub, "cohort_live_compressed_bytes_after", "Bytes of these messages after.") {
            Double($0.compressed.bytesAfter)
        }
    }

    /// What connections of all kinds have done.
    private static func streams(_ metrics: Metrics, _ hub: LiveHub) {
        live(metrics, hub, "cohort_socket_open", "Connections that are open.") { Double($0.streams.open) }
        live(metrics, hub, "cohort_socket_frames", "Pieces of output, since the start.") {
            Double($0.streams.frames)
        }
        live(metrics, hub, "cohort_socket_sends", "System calls that sent them, since the start.") {
            Double($0.streams.sendCalls)
        }
        live(metrics, hub, "cohort_socket_sent_bytes", "Bytes that the kernel has taken, since the start.") {
            Double($0.streams.sentBytes)
        }
        live(metrics, hub, "cohort_socket_received_bytes", "Bytes that were read, since the start.") {
            Double($0.streams.receivedBytes)
        }
        live(metrics, hub, "cohort_socket_holds", "Rounds whose output was held to leave with more.") {
            Double($0.streams.holds)
        }
    }

    private static func live(
        _ metrics: Metrics, _ hub: LiveHub, _ name: String, _ help: String,
        _ read: @escaping @Sendable (LiveCounters) -> Double
    ) {
        metrics.gauge(name, help) { read(hub.counters.sum) }
    }
}
