import EventLoop

extension LocalChannel {
    /// How long after a read what is kept of the past is looked through: its time is over then.
    private static let pastSweep: Duration = .milliseconds(2100)

    /// Reads a part of a log channel's past, or takes what somebody else has read a moment ago; `nil` when it cannot be read.
    ///
    /// Events after the range, or those that have followed in it, may be missing: whoever catches up asks for them next.
    func readPage(_ range: PastRange, then: @escaping ([ChannelPublication]?) -> Void) {
        share(\.pages, range, { self.readLog(range, then: $0) }, weight: \.self) { found, _ in then(found) }
    }

    /// Reads a part of a stream's past, or takes what somebody else has read a moment ago; `nil` when it cannot be read.
    ///
    /// `isFresh` says that it was read after it was asked for.
    func readHistory(_ range: PastRange, then: @escaping (_ found: StreamHistory?, _ isFresh: Bool) -> Void) {
        share(\.histories, range, { self.readStream(range, then: $0) }, weight: \.publications, then: then)
    }

    /// Reads a part of a log channel's past as it is now; `nil` when it cannot be read.
    func readLog(_ range: PastRange, then: @escaping ([ChannelPublication]?) -> Void) {
        loop.counters.pastReads += 1
        let start = range.since ?? (range.isReverse ? position + 1 : 0)
        loop.reader.page(
            of: key, from: start, isReverse: range.isReverse, limit: range.limit, bytes: range.bytes
        ) { then($0?.events) }
    }

    /// Reads a part of a stream's past as it is now; `nil` when it cannot be read.
    func readStream(_ range: PastRange, then: @escaping (StreamHistory?) -> Void) {
        loop.counters.pastReads += 1
        loop.hub.broker.history(
            of: key, since: range.since, limit: range.limit, reverse: range.isReverse, loop: loop.loop,
            then: then)
    }

    private func share<Found>(
        _ reads: ReferenceWritableKeyPath<LocalChannel, SharedReads<Found>>, _ range: PastRange,
        _ read: (@escaping (Found?) -> Void) -> Void,
        weight publications: @escaping (Found) -> [ChannelPublication],
        then: @escaping (_ found: Found?, _ isFresh: Bool) -> Void
    ) {
        var isFresh = true
        switch self[keyPath: reads].ask(range, now: WallTime.milliseconds(), then: { then($0, isFresh) }) {
        case .answer(let found):
            loop.counters.sharedReads += 1
            then(found, false)
        case .wait:
            isFresh = false
            loop.counters.sharedReads += 1
        case .read(let ticket):
            read { [self] found in
                let weight = found.map { publications($0).reduce(0) { $0 + $1.weight } } ?? 0
                let now = WallTime.milliseconds()
                for then in self[keyPath: reads].finish(ticket, found, weight: weight, now: now) {
                    then(found)
                }
                // What is kept is let go of though nobody asks again.
                loop.loop.schedule(after: LocalChannel.pastSweep) { [weak self] in
                    self?[keyPath: reads].drop(before: WallTime.milliseconds())
                    self?.endWork()
                }
            }
        }
    }
}
