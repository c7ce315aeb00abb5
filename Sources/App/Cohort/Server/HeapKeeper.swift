import CLinux
import EventLoop
import LiveHub

/// Gives memory back to the kernel when a storm of connections is over: what each needed on its way in lies between what it keeps.
///
/// Confined to its loop, for as long as that runs; what takes long happens elsewhere.
final class HeapKeeper {
    /// One at a time: what is asked for meanwhile is being done.
    private let lane = WorkLane(label: "heap", width: 1, backlog: 1)
    private let hub: LiveHub
    private let loop: EventLoop
    private var watch = StormWatch()

    private init(_ hub: LiveHub, _ loop: EventLoop) {
        self.hub = hub
        self.loop = loop
    }

    /// Begins to look once a second.
    static func start(_ hub: LiveHub, on loop: EventLoop) {
        loop.execute { HeapKeeper(hub, loop).goOn() }
    }

    private func goOn() {
        loop.schedule(after: .seconds(1)) { [self] in
            let sum = hub.counters.sum
            if watch.tick(joins: Int(sum.joins), connections: sum.connections) {
                _ = lane.submit(on: loop, { clinux_trim_heap() }, then: { _ in })
            }
            goOn()
        }
    }
}
