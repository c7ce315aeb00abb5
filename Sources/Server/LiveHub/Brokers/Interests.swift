import EventLoop
import Synchronization

/// Which loops of this node a channel is carried to.
struct Interests: Sendable {
    private struct Interest: Sendable {
        let loop: EventLoop
        let sink: any BrokerSink
    }

    private var byKey: [ChannelKey: [Interest]] = [:]

    /// Adds a loop; `true` when it is the channel's first one.
    mutating func add(_ key: ChannelKey, loop: EventLoop, sink: any BrokerSink) -> Bool {
        let known = byKey[key] ?? []
        guard !known.contains(where: { $0.loop === loop }) else { return false }
        byKey[key] = known + [Interest(loop: loop, sink: sink)]
        return known.isEmpty
    }

    /// Takes a loop out; `true` when it was the channel's last one.
    mutating func remove(_ key: ChannelKey, loop: EventLoop) -> Bool {
        guard var known = byKey.removeValue(forKey: key) else { return false }
        known.removeAll { $0.loop === loop }
        guard !known.isEmpty else { return true }
        byKey[key] = known
        return false
    }

    /// Hands a publication to every loop of the channel.
    func carry(_ publication: ChannelPublication, to key: ChannelKey) {
        for interest in byKey[key] ?? [] {
            interest.loop.execute { interest.sink.brokerDidCarry(publication, to: key) }
        }
    }

    /// Tells every loop of the channel that something may be missing.
    func mayHaveMissed(_ key: ChannelKey) {
        for interest in byKey[key] ?? [] {
            interest.loop.execute { interest.sink.brokerMayHaveMissed(key) }
        }
    }
}

/// The interests of all loops, for any thread.
final class SharedInterests: Sendable {
    private let table = Mutex(Interests())

    /// Reads or changes the table.
    func withTable<Value: Sendable>(_ body: (inout sending Interests) -> sending Value) -> Value {
        table.withLock { body(&$0) }
    }

    /// The table as it is now.
    var now: Interests { table.withLock { $0 } }
}
