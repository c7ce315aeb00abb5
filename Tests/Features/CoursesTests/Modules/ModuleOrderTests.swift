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
