import TestKit
import Testing

@testable import Courses

struct `The order of modules` {
    @Test(arguments: [
        (1, [9, 1, 2, 3]), (2, [1, 9, 2, 3]), (4, [1, 2, 3, 9]), (5, [1, 2, 3, 9]), (0, [9, 1, 2, 3]),
        (Int.min, [9, 1, 2, 3]), (Int.max, [1, 2, 3, 9]), (nil, [1, 2, 3, 9]),
    ])
    func `takes a new one where it is wanted, or as near as can be`(position: Int?, order: [Int64]) {
        #expect(ModuleOrder.placing(9, at: position, in: [1, 2, 3]) == order)
    }

    @Test(arguments: [
        (1, [2, 1, 3]), (2, [1, 2, 3]), (3, [1, 3, 2]), (99, [1, 3, 2]), (-5, [2, 1, 3]), (nil, [1, 2, 3]),
    ])
    func `moves one`(position: Int?, order: [Int64]) {
        #expect(ModuleOrder.placing(2, at: position, in: [1, 2, 3]) == order)
    }
}

struct `Ranks` {
    /// Ranks in order, after what was ranked otherwise.
    private static func apply(
        _ ranked: [SparseOrder.Ranked], to all: [SparseOrder.Ranked]
    ) -> [SparseOrder.Ranked] {
        let new = Dictionary(uniqueKeysWithValues: ranked.map { ($0.id, $0.rank) })
        return all.map { SparseOrder.Ranked(id: $0.id, rank: new[$0.id] ?? $0.rank) }
            .sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
    }

    private static func fresh(_ count: Int) -> [SparseOrder.Ranked] {
        (1...count).map { SparseOrder.Ranked(id: Int64($0), rank: Int64($0) * SparseOrder.step) }
    }

    @Test(arguments: 0..<200)
    func `follow the order that is wanted, and move nothing else`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var all = Ranks.fresh(Int.random(in: 1...20, using: &random))
        for _ in 0..<20 {
            let id = Int64.random(in: 1...Int64(all.count), using: &random)
            let position = Int.random(in: -1...all.count + 2, using: &random)
            let ranked = SparseOrder.placing(id, at: position, in: all)
            #expect(ranked.allSatisfy { $0.id == id && $0.rank >= 1 }, "seed \(seed)")
            let wanted = ModuleOrder.placing(id, at: position, in: all.map(\.id))
            all = Ranks.apply(ranked, to: all)
            #expect(all.map(\.id) == wanted, "seed \(seed)")
        }
    }

    /// Pages of one list while others are moved: whoever is not moved is seen once.
    @Test(arguments: 0..<200)
    func `leave what is not moved in one page of a list, whatever is moved between pages`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var all = Ranks.fresh(Int.random(in: 1...40, using: &random))
        let size = Int.random(in: 1...7, using: &random)
        var (seen, moved): ([Int64], Set<Int64>) = ([], [])
        var bookmark: (Int64, Int64) = (0, 0)
        while true {
            let page = all.filter { ($0.rank, $0.id) > bookmark }.prefix(size)
            seen += page.map(\.id)
            guard let last = page.last else { break }
            bookmark = (last.rank, last.id)
            // Fewer than there is room for, wherever they go; and not for ever towards the end.
            for _ in 0..<Int.random(in: 0...2, using: &random) where moved.count < all.count / 2 {
                let id = Int64.random(in: 1...Int64(all.count), using: &random)
                moved.insert(id)
                let position = Int.random(in: 1...all.count, using: &random)
                all = Ranks.apply(SparseOrder.placing(id, at: position, in: all), to: all)
            }
        }
        for one in all where !moved.contains(one.id) {
            #expect(seen.count { $0 == one.id } == 1, "seed \(seed), \(one.id)")
        }
    }

    @Test func `are all made anew where there is no room, in one order`() {
        var all = Ranks.fresh(3)
        var anew = 0
        for turn in 0..<100 {
            let id: Int64 = turn.isMultiple(of: 2) ? 3 : 2
            let ranked = SparseOrder.placing(id, at: 2, in: all)
            let wanted = ModuleOrder.placing(id, at: 2, in: all.map(\.id))
            if ranked.count > 1 { anew += 1 }
            all = Ranks.apply(ranked, to: all)
            #expect(all.map(\.id) == wanted)
        }
        #expect((1...3).contains(anew))
        // Ranks that never were apart, as of two that were made at once.
        let equal = [1, 2, 3].map { SparseOrder.Ranked(id: $0, rank: 7) }
        #expect(Ranks.apply(SparseOrder.placing(3, at: 2, in: equal), to: equal).map(\.id) == [1, 3, 2])
        let far = [SparseOrder.Ranked(id: 1, rank: .max - 1), SparseOrder.Ranked(id: 2, rank: .max)]
        #expect(
            SparseOrder.placing(1, at: 2, in: far).map(\.rank) == [SparseOrder.step, 2 * SparseOrder.step])
    }
}

struct `Prerequisites` {
    @Test(
        arguments: [
            ([:], false), ([1: []], false), ([1: [1]], true), ([1: [2], 2: []], false),
            ([1: [2], 2: [1]], true),
            ([1: [2], 2: [3], 3: [1]], true), ([1: [2, 3], 2: [4], 3: [4], 4: []], false), ([1: [9]], false),
            ([1: [2, 2], 2: []], false), ([1: [], 2: [3], 3: [2]], true),
        ] as [([Int64: [Int64]], Bool)])
    func `have a cycle or none`(prerequisites: [Int64: [Int64]], hasCycle: Bool) {
        #expect(ModuleOrder.hasCycle(prerequisites) == hasCycle)
    }

    @Test func `are followed to all that depend on a module`() {
        let all: [Int64: [Int64]] = [1: [], 2: [1], 3: [2], 4: [], 5: [4, 3]]
        #expect(ModuleOrder.dependents(of: 1, all) == [1, 2, 3, 5])
        #expect(ModuleOrder.dependents(of: 4, all) == [4, 5])
        #expect(ModuleOrder.dependents(of: 5, all) == [5])
    }
}
