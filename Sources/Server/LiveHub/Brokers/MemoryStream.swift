import DequeModule
import EventLoop
import JSON
import LiveProtocol

/// One stream channel in memory: offsets, bounded history with a lifetime, an epoch.
///
/// Time is handed in.
struct MemoryStream {
    let epoch: String
    private var top: UInt64 = 0
    private var kept: Deque<(publication: ChannelPublication, expires: ContinuousClock.Instant)> = []

    init(now: ContinuousClock.Instant) {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        epoch = String(digits.prefix(8))
    }

    var position: StreamPosition { StreamPosition(offset: top, epoch: epoch) }

    mutating func append(
        _ data: Payload, info: ClientInfo?, tags: [String: String] = [:], size: Int, lifetime: Duration,
        now: ContinuousClock.Instant
    ) -> ChannelPublication {
        top += 1
        let nanoseconds = MonotonicTime.nanoseconds()
        let publication = ChannelPublication(
            Publication(data: data, offset: top, info: info, tags: tags), epoch: epoch,
            publishedAt: nanoseconds)
        if size > 0 { kept.append((publication, now + lifetime)) }
        while kept.count > size { kept.removeFirst() }
        return publication
    }

    mutating func read(since: UInt64?, limit: Int, reverse: Bool, now: ContinuousClock.Instant)
        -> StreamHistory
    {
        while let first = kept.first, first.expires <= now { kept.removeFirst() }
        var found = kept.map(\.publication)
        if let since { found = found.filter { reverse ? $0.offset < since : $0.offset > since } }
        if reverse { found.reverse() }
        return StreamHistory(position: position, publications: Array(found.prefix(max(0, limit))))
    }
}
