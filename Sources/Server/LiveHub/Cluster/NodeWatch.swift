package import EventLoop
package import Logging
package import Postgres
package import Telemetry

/// Tries each second whether this node hears what it sends through Redis, and has it stand aside when others hear and it
/// does not.
///
/// Confined to the broker's loop; ``Hearing`` decides.
package final class NodeWatch {
    private let loop: EventLoop
    private let hub: LiveHub
    private let register: NodeRegister
    private let probe: () -> Hearing
    private let logger: Logger
    private let silence: Gauge
    private var timer: LoopTimer?
    private var isNoting = false
    private var isStopped = false

    /// Makes the node's watch; on `loop`, whose `pool` it uses.
    ///
    /// - Parameters:
    ///   - loop: The broker's loop.
    ///   - pool: Connections for the register of nodes.
    ///   - hub: Whose standing it keeps.
    ///   - name: What operators call this node.
    ///   - metrics: Where it shows for how long nothing was heard.
    ///   - logger: Where it says what changes.
    ///   - probe: Begins a round of probes, on `loop`, and returns what was heard of those before.
    package init(
        loop: EventLoop, pool: PostgresPool, hub: LiveHub, name: String, metrics: Metrics,
        logger: Logger = Log.logger("cluster"), probe: @escaping () -> Hearing
    ) {
        self.loop = loop
        self.hub = hub
        self.probe = probe
        self.logger = logger
        register = NodeRegister(pool: pool, node: hub.bus.node, name: name)
        silence = metrics.gauge(
            "cohort_bus_silence_rounds", "Seconds since this node heard its own probe through every shard.")
    }

    /// Begins; once every loop has its share of the live layer.
    package func start() {
        guard timer == nil, !isStopped else { return }
        timer = loop.schedule(after: .seconds(1)) { [weak self] in
            guard let self else { return }
            timer = nil
            // A slow database makes notes rarer, never more.
            let hearing = listen()
            if !isNoting { loop.run { await self.note(hearing) } }
            start()
        }
    }

    /// Ends it, before the pool is closed; returns when other nodes do not count this one any more.
    package func stop() async {
        guard !isStopped else { return }
        isStopped = true
        timer?.cancel()
        await register.remove()
    }

    /// Tries once; returns when the node stands as it shall.
    func round() async { await note(listen()) }

    private func listen() -> Hearing {
        let hearing = probe()
        silence.set(hearing.longestSilence)
        if hearing.isIntact != hub.standing.hears {
            if hearing.isIntact {
                logger.notice("what is sent through Redis comes back again")
            } else {
                logger.error(
                    "what is sent through Redis does not come back",
                    metadata: ["topics": "\(hearing.silent.joined(separator: " "))"])
            }
            hub.setHearing(hearing.isIntact)
        }
        return hearing
    }

    private func note(_ hearing: Hearing) async {
        isNoting = true
        let others = await register.note(unheard: hearing.longestSilence)
        isNoting = false
        guard !isStopped else { return }
        let isAside = hub.standing.reasons.contains(.deaf)
        let shall = NodeStanding.isDeaf(now: isAside, hears: hub.standing.hears, others: others)
        if shall != isAside { hub.stand(aside: shall, for: .deaf) }
    }
}
