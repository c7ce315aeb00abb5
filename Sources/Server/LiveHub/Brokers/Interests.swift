import EventLoop
import Synchronization

/// Which loops of this node a channel is carried to.
struct Interests: Sendable {
    fileprivate struct Interest: Sendable {
        let loop: EventLoop
        let sink: any BrokerSink
    }

    // Most channels are a user's own, on one loop, and there are very many of them: each costs its key and a small number.

    /// Every loop with what it hears by; few, and kept for good.
    private var ends: [Interest] = []
    /// The place in `ends` of the one loop that a channel is carried to, or of the first one.
    private var first: [ChannelKey: UInt16] = [:]
    /// The places of the others, where there are others.
    private var others: [ChannelKey: [UInt16]] = [:]

    /// Adds a loop; `true` when it is the channel's first one.
    mutating func add(_ key: ChannelKey, loop: EventLoop, sink: any BrokerSink) -> Bool {
        guard let known = first[key] else {
            first[key] = place(of: loop, sink)
            return true
        }
        let places = [known] + others[key, default: []]
        guard !places.contains(where: { ends[Int($0)].loop === loop }) else { return false }
        others[key, default: []].append(place(of: loop, sink))
        return false
    }

    private mutating func place(of loop: EventLoop, _ sink: any BrokerSink) -> UInt16 {
        if let known = ends.firstIndex(where: { $0.loop === loop && $0.sink === sink }) {
            return UInt16(known)
        }
        ends.append(Interest(loop: loop, sink: sink))
        return UInt16(ends.count - 1)
    }

    /// Takes a loop out; `true` when it was the channel's last one.
    mutating func remove(_ key: ChannelKey, loop: EventLoop) -> Bool {
        guard let known = first.removeValue(forKey: key) else { return false }
        let left = ([known] + (others.removeValue(forKey: key) ?? [])).filter { ends[Int($0)].loop !== loop }
        first[key] = left.first
        if left.count > 1 { others[key] = Array(left.dropFirst()) }
        return left.isEmpty
    }

    /// The loops of one channel.
    ///
    /// Whoever has them needs no lock; a copy of the whole table would have the next change copy it.
    subscript(_ key: ChannelKey) -> Followers {
        guard let known = first[key] else { return Followers(key: key, interests: []) }
        let places = [known] + others[key, default: []]
        return Followers(key: key, interests: places.map { ends[Int($0)] })
    }

    /// The loops that a channel was carried to at one moment.
    struct Followers: Sendable {
        fileprivate let key: ChannelKey
        fileprivate let interests: [Interest]

        /// Hands a publication to every one of them.
        func carry(_ publication: ChannelPublication) {
            for interest in interests {
                interest.loop.execute { [key] in interest.sink.brokerDidCarry(publication, to: key) }
            }
        }

        /// Tells every one of them that something may be missing.
        func mayHaveMissed() {
            for interest in interests {
                interest.loop.execute { [key] in interest.sink.brokerMayHaveMissed(key) }
            }
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

    /// The loops of one channel, as they are now.
    subscript(_ key: ChannelKey) -> Interests.Followers { table.withLock { $0[key] } }
}
