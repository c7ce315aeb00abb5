import EventLoop

extension LocalChannel {
    /// How often what is kept of the past is looked through.
    private static let pastSweep: Duration = .milliseconds(2100)

    /// Reads a part of a log channel's past, or takes what somebody else has read a moment ago; `nil` when it cannot be read.
    ///
    /// Events after the range, or those that have followed in it, may be missing: whoever catches up asks for them next.
    func readPage(_ range: PastRange, then: @escaping ([ChannelPublication]?) -> Void) {
        switch pages.ask(range, now: WallTime.milliseconds(), then: then) {
        case .answer(let found):
            loop.counters.sharedReads += 1
            then(found)
        case .wait: loop.counters.sharedReads += 1
        case .read(let ticket):
            readLog(range) { [self] found in
                let weight = found?.reduce(0) { $0 + $1.weight } ?? 0
                let told = pages.finish(ticket, found, weight: weight, now: WallTime.milliseconds())
                sweepPastLater()
                for then in told { then(found) }
            }
        }
    }

    /// Reads a part of a log channel's past as it is now; `nil` when it cannot be read.
    func readLog(_ range: PastRange, then: @escaping ([ChannelPublication]?) -> Void) {
        loop.counters.pastReads += 1
        switch range.start {
        case .after(let offset): loop.reader.page(of: key, after: offset, limit: range.limit, then: then)
        case .before(let offset): loop.reader.page(of: key, before: offset, limit: range.limit, then: then)
        case .newest: loop.reader.page(of: key, before: position + 1, limit: range.limit, then: then)
        }
    }

    /// Reads a part of a stream's past, or takes what somebody else has read a moment ago; `nil` when it cannot be read.
    ///
    /// `isFresh` says that it was read after it was asked for.
    func readHistory(_ range: PastRange, then: @escaping (_ found: StreamHistory?, _ isFresh: Bool) -> Void) {
        var isFresh = true
        switch histories.ask(range, now: WallTime.milliseconds(), then: { then($0, isFresh) }) {
        case .answer(let found):
            loop.counters.sharedReads += 1
            then(found, false)
        case .wait:
            isFresh = false
            loop.counters.sharedReads += 1
        case .read(let ticket):
            readStream(range) { [self] found in
                let weight = found?.publications.reduce(0) { $0 + $1.weight } ?? 0
                let told = histories.finish(ticket, found, weight: weight, now: WallTime.milliseconds())
                sweepPastLater()
                for then in told { then(found) }
            }
        }
    }

    /// Reads a part of a stream's past as it is now; `nil` when it cannot be read.
    func readStream(_ range: PastRange, then: @escaping (StreamHistory?) -> Void) {
        loop.counters.pastReads += 1
        let since: UInt64? =
            switch range.start {
            case .after(let offset), .before(let offset): offset
            case .newest: nil
            }
        var isReverse = true
        if case .after = range.start { isReverse = false }
        loop.hub.broker.history(
            of: key, since: since, limit: range.limit, reverse: isReverse, loop: loop.loop, then: then)
    }

    /// What is kept is let go of when its time is over, though nobody asks again.
    private func sweepPastLater() {
        loop.loop.schedule(after: LocalChannel.pastSweep) { [weak self] in
            let now = WallTime.milliseconds()
            self?.pages.drop(before: now)
            self?.histories.drop(before: now)
        }
    }
}
