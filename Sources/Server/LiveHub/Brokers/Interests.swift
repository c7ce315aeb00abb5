import EventLoop
import Synchronization

/// Which loops of this node a channel is carried to.
struct Interests: Sendable {
    fileprivate struct Interest: Sendable {
        let loop: EventLoop
        let sink: any BrokerSink
    }

    /// Most channels are a user's own, on one loop: no array for those.
    fileprivate enum Places: Sendable {
        case one(Interest)
        case several([Interest])

        init?(_ interests: [Interest]) {
            switch interests.count {
            case 0: return nil
            case 1: self = .one(interests[0])
            default: self = .several(interests)
            }
        }

        var all: [Interest] {
            switch self {
            case .one(let interest): [interest]
            case .several(let interests): interests
            }
        }
    }

    private var byKey: [ChannelKey: Places] = [:]

    /// Adds a loop; `true` when it is the channel's first one.
    mutating func add(_ key: ChannelKey, loop: EventLoop, sink: any BrokerSink) -> Bool {
        let known = byKey[key]?.all ?? []
        guard !known.contains(where: { $0.loop === loop }) else { return false }
        byKey[key] = Places(known + [Interest(loop: loop, sink: sink)])
        return known.isEmpty
    }

    /// Takes a loop out; `true` when it was the channel's last one.
    mutating func remove(_ key: ChannelKey, loop: EventLoop) -> Bool {
        guard let known = byKey.removeValue(forKey: key)?.all else { return false }
        byKey[key] = Places(known.filter { $0.loop !== loop })
        return byKey[key] == nil
    }

    /// The loops of one channel.
    ///
    /// Whoever has them needs no lock; a copy of the whole table would have the next change copy it.
    subscript(_ key: ChannelKey) -> Followers { Followers(key: key, interests: byKey[key]?.all ?? []) }

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
