import Postgres
import Testing

@testable import LiveHub

private let one = TenantID(rawValue: 1)
private let two = TenantID(rawValue: 2)

private func snapshot(_ next: Int) throws -> LogSnapshot {
    try #require(LogSnapshot("\(next):\(next):"))
}

private func change(_ name: String, _ top: UInt64, _ changed: Int = 1) -> LogWatch.Change {
    LogWatch.Change(name: name, top: top, changed: "\(changed)")
}

private func key(_ institution: TenantID, _ name: String) -> ChannelKey {
    ChannelKey(institution: institution, name: name)
}

struct `Log watch` {
    /// A watch that has carried a check through for `institutions`, with the snapshot 10.
    private func settled(_ institutions: Set<TenantID>, page: Int = 2, batch: Int = 2) throws -> LogWatch {
        var watch = LogWatch(pageCount: page, batchCount: batch)
        _ = watch.begin(institutions)
        _ = watch.take(try snapshot(10), [])
        return watch
    }

    @Test(arguments: ["", "1", "1:2", "1:x:", "1:2:3:4"])
    func `takes no other text for a snapshot`(text: String) { #expect(LogSnapshot(text) == nil) }

    @Test func `reads a snapshot with what was running`() {
        #expect(LogSnapshot("100:104:100,102")?.next == 104)
    }

    @Test func `has everything in doubt at first, and asks for changes from then on`() throws {
        var watch = LogWatch()
        #expect(watch.begin([one]) == LogWatch.Ask(readsSnapshot: true, questions: []))
        #expect(watch.take(try snapshot(10), []) == LogWatch.Finding(isEverythingInDoubt: true))
        let question = LogWatch.Question(institution: one, seen: try snapshot(10))
        #expect(watch.begin([one]) == LogWatch.Ask(readsSnapshot: true, questions: [question]))
        #expect(
            watch.take(try snapshot(20), [[change("chat:1", 7)]])
                == LogWatch.Finding(tops: [key(one, "chat:1"): 7]))
        #expect(watch.begin([one]).questions.map(\.seen.next) == [20])
    }

    @Test func `keeps institutions apart`() throws {
        var watch = try settled([one, two])
        #expect(watch.begin([two, one]).questions.map(\.institution) == [one, two])
        let finding = watch.take(try snapshot(20), [[change("chat:1", 7)], [change("chat:1", 9)]])
        #expect(finding.tops == [key(one, "chat:1"): 7, key(two, "chat:1"): 9])
    }

    @Test func `asks as far back for an institution that has just come as its oldest channel may be`() throws
    {
        var watch = try settled([one])
        _ = watch.begin([one])
        _ = watch.take(try snapshot(20), [[]])
        // Its first channel may have been loaded before the snapshot 20 was read, but after the list for it was made.
        let questions = watch.begin([one, two]).questions
        #expect(questions.map(\.seen.next) == [20, 10])
        _ = watch.take(try snapshot(30), [[], []])
        #expect(watch.begin([one, two]).questions.map(\.seen.next) == [30, 30])
    }

    @Test func `asks for the next page where one was full, in batches`() throws {
        let three = TenantID(rawValue: 3)
        var watch = try settled([one, two, three])
        #expect(watch.begin([one, two, three]).questions.map(\.institution) == [one, two])
        let first = watch.take(
            try snapshot(20), [[change("a", 1, 11), change("b", 2, 12)], [change("c", 3)]])
        #expect(first.tops.count == 3)
        let next = try #require(first.next)
        #expect(!next.readsSnapshot)
        #expect(next.questions.map(\.institution) == [three, one])
        #expect(next.questions.map(\.after) == [.init(), .init(changed: "12", name: "b")])
        #expect(next.questions.map(\.seen.next) == [10, 10])
        let second = watch.take(nil, [[], [change("d", 4)]])
        #expect(second == LogWatch.Finding(tops: [key(one, "d"): 4]))
        #expect(watch.begin([one]).questions.map(\.seen.next) == [20])
    }

    @Test(arguments: [false, true])
    func `asks from the same place after a failure, in the middle as well`(isLate: Bool) throws {
        var watch = try settled([one])
        _ = watch.begin([one, two])
        if isLate { _ = watch.take(try snapshot(20), [[change("a", 1), change("b", 1)], []]) }
        watch.fail(databaseMayBeAnother: false)
        #expect(watch.begin([one, two]).questions.map(\.seen.next) == [10, 10])
        #expect(!watch.take(try snapshot(30), [[], []]).isEverythingInDoubt)
    }

    @Test func `has everything in doubt, once, when the database may be another one`() throws {
        var watch = try settled([one])
        _ = watch.begin([one])
        watch.fail(databaseMayBeAnother: true)
        #expect(watch.begin([one]).questions.isEmpty)
        #expect(watch.take(try snapshot(30), []).isEverythingInDoubt)
        #expect(watch.begin([one]).questions.map(\.seen.next) == [30])
    }

    @Test func `has everything in doubt when the transactions' numbers went back`() throws {
        var watch = try settled([one])
        _ = watch.begin([one])
        #expect(watch.take(try snapshot(9), [[]]).isEverythingInDoubt)
        #expect(watch.begin([one]).questions.map(\.seen.next) == [9])
    }
}
