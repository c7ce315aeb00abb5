import EventLoop
import JSON
import Redis
import Telemetry

/// A probe each second through every shard: whether Redis carries back what it took.
///
/// A subscription may be dead while its connection looks well, and publishing may work all the while.
extension RedisBrokerCore {
    func probe() -> Hearing {
        let topics = probedTopics
        for topic in topics where !book.holds(topic) { subscribe(topic) }
        let number = hearing.begin(Set(topics.map(\.name)))
        let sentAt = MonotonicTime.nanoseconds()
        let body = RawJSON { json in
            json.object { json in
                json.member("round", number)
                json.member("at", sentAt)
            }
        }
        for topic in topics {
            send(CarriedFrame.encode(NodeMessage(.probe, body), to: topic, from: node), to: topic)
        }
        return hearing
    }

    /// One topic of each shard: of one server the topic of all nodes, of a cluster the first partition of each master.
    private var probedTopics: [Topic] {
        guard let cluster else { return [.everyone] }
        var byMaster: [RedisEndpoint: Topic] = [:]
        for partition in 0..<Topic.partitions {
            let topic = Topic.forNodes(partition)
            guard let master = cluster.topology.master(of: KeySlot.slot(of: topic.name)) else { continue }
            if byMaster[master] == nil { byMaster[master] = topic }
        }
        // Without a map of the slots nothing can be carried either.
        return byMaster.isEmpty ? [.everyone] : byMaster.values.sorted { $0.partition < $1.partition }
    }

    func heardProbe(_ message: NodeMessage, on topic: Topic) {
        guard let value = try? JSONReader.read(message.body.bytes), let round = value["round"]?.int,
            let sentAt = value["at"]?.int
        else { return }
        meters.lag.record(microseconds: max(0, MonotonicTime.nanoseconds() - Int64(sentAt)) / 1000)
        hearing.heard(round, on: topic.name)
    }
}
