import Testing

@testable import LiveHub

struct `Hearing through Redis` {
    private let topics: Set<String> = ["0:{0}", "0:{7}"]

    /// Rounds in which some of the topics are heard.
    private func go(_ hearing: inout Hearing, rounds: Int, heard: Set<String>) {
        for _ in 0..<rounds {
            let number = hearing.begin(topics)
            for topic in heard { hearing.heard(number, on: topic) }
        }
    }

    @Test func `is intact while every shard answers`() {
        var hearing = Hearing()
        go(&hearing, rounds: 100, heard: topics)
        #expect(hearing.isIntact)
        #expect(hearing.longestSilence == 0)
    }

    @Test func `is intact before the first answer can have come`() {
        var hearing = Hearing()
        _ = hearing.begin(topics)
        #expect(hearing.isIntact)
    }

    @Test func `is lost when one shard was silent for as long as is borne, not before`() {
        var hearing = Hearing()
        go(&hearing, rounds: 3, heard: topics)
        go(&hearing, rounds: Hearing.patience, heard: ["0:{0}"])
        #expect(hearing.isIntact)
        go(&hearing, rounds: 1, heard: ["0:{0}"])
        #expect(!hearing.isIntact)
        #expect(hearing.silent == ["0:{7}"])
    }

    @Test func `is lost when nothing was ever heard`() {
        var hearing = Hearing()
        go(&hearing, rounds: Hearing.patience + 1, heard: [])
        #expect(!hearing.isIntact)
    }

    @Test func `comes back when all shards were heard for some rounds`() {
        var hearing = Hearing()
        go(&hearing, rounds: 10, heard: [])
        go(&hearing, rounds: Hearing.proof, heard: topics)
        #expect(!hearing.isIntact)
        go(&hearing, rounds: 1, heard: topics)
        #expect(hearing.isIntact)
    }

    @Test func `does not come back for a single word in between`() {
        var hearing = Hearing()
        go(&hearing, rounds: 10, heard: [])
        for _ in 0..<10 {
            go(&hearing, rounds: 1, heard: topics)
            go(&hearing, rounds: 1, heard: ["0:{0}"])
        }
        #expect(!hearing.isIntact)
    }

    @Test func `is not proven by what comes much too late, nor by what was never sent`() {
        var hearing = Hearing()
        let first = hearing.begin(topics)
        go(&hearing, rounds: Hearing.patience, heard: [])
        for topic in topics {
            hearing.heard(first, on: topic)
            hearing.heard(1_000_000, on: topic)
            hearing.heard(-1, on: topic)
        }
        hearing.heard(first + 5, on: "0:{99}")
        _ = hearing.begin(topics)
        #expect(!hearing.isIntact)
    }

    @Test func `gives a shard that has just come its time, and forgets one that is gone`() {
        var hearing = Hearing()
        go(&hearing, rounds: 4, heard: ["0:{0}"])
        for _ in 0..<10 {
            let number = hearing.begin(["0:{0}", "0:{1}"])
            hearing.heard(number, on: "0:{0}")
            hearing.heard(number, on: "0:{1}")
        }
        #expect(hearing.isIntact)
        #expect(hearing.longestSilence == 0)
    }

    @Test(arguments: [
        (false, true, Int?.some(2), false), (true, true, 2, false), (false, false, 2, true),
        (true, false, 2, true),
        (false, false, 0, false), (true, false, 0, false), (false, false, nil, false),
        (true, false, nil, true),
        (true, true, nil, false),
    ])
    func `has a node stand aside only where others hear what it does not`(
        now: Bool, hears: Bool, others: Int?, shall: Bool
    ) {
        #expect(NodeStanding.isDeaf(now: now, hears: hears, others: others) == shall)
    }
}
