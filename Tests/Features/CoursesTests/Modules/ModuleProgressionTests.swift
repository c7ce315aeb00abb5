import Testing

@testable import Courses

private let now: Int64 = 1_000_000

private func item(
    _ id: Int64, _ requirement: CompletionRequirement.Kind? = nil, kind: ModuleItem.Kind = .page,
    content: Int64? = nil, published: Bool = true, score: Double? = nil
) -> ModuleItem {
    ModuleItem(
        id: id, module: 0, position: id, indent: 0, kind: kind, title: "Item \(id)", content: content ?? id,
        pageURL: nil, opensNewTab: false, isPublished: published,
        requirement: requirement.map { CompletionRequirement(kind: $0, minScore: score) })
}

private func module(
    _ id: Int64, _ items: [ModuleItem] = [], after prerequisites: [Int64] = [], published: Bool = true,
    unlockAt: Int64? = nil, sequential: Bool = false
) -> Module {
    Module(
        id: id, name: "Module \(id)", position: id, isPublished: published, unlockAt: unlockAt,
        isSequential: sequential, prerequisites: prerequisites, items: items)
}

private func states(_ modules: [Module], _ facts: StudentFacts?) -> [Int64: ModuleProgression.State] {
    ModuleProgression(of: modules, facts: facts, at: now).states
}

struct `A student's way through modules` {
    @Test func `is completed where nothing is asked`() {
        #expect(states([module(1), module(2, [item(1)])], StudentFacts()) == [1: .completed, 2: .completed])
    }

    @Test func `goes from unlocked by started to completed`() {
        let modules = [module(1, [item(1, .mustView), item(2, .mustMarkDone), item(3)])]
        #expect(states(modules, StudentFacts()) == [1: .unlocked])
        #expect(states(modules, StudentFacts(viewed: [1, 3])) == [1: .started])
        #expect(states(modules, StudentFacts(viewed: [1, 2])) == [1: .started])
        #expect(states(modules, StudentFacts(viewed: [1], done: [2])) == [1: .completed])
    }

    @Test(arguments: [(now - 1, false), (now, false), (now + 1, true)])
    func `is locked before its time`(unlockAt: Int64, isLocked: Bool) {
        let modules = [module(1, [item(1, .mustView)], unlockAt: unlockAt)]
        for facts in [StudentFacts(), StudentFacts(begun: [1: nil]), StudentFacts(begun: [1: 5])] {
            #expect((states(modules, facts)[1] == .locked) == isLocked)
        }
    }

    @Test func `is locked until what it asks for is completed`() {
        let modules = [
            module(1, [item(1, .mustView)]), module(2, [item(2, .mustView)], after: [1]),
            module(3, after: [2]),
        ]
        #expect(states(modules, StudentFacts()) == [1: .unlocked, 2: .locked, 3: .locked])
        #expect(states(modules, StudentFacts(viewed: [1])) == [1: .completed, 2: .unlocked, 3: .locked])
        #expect(states(modules, StudentFacts(viewed: [2])) == [1: .unlocked, 2: .locked, 3: .locked])
        #expect(
            states(modules, StudentFacts(viewed: [1, 2])) == [1: .completed, 2: .completed, 3: .completed])
    }

    @Test func `does not depend on the order of modules`() {
        let modules = [module(3, after: [2]), module(2, after: [1]), module(1, [item(1, .mustView)])]
        #expect(states(modules, StudentFacts()) == [1: .unlocked, 2: .locked, 3: .locked])
        #expect(states(modules, StudentFacts(viewed: [1])) == [1: .completed, 2: .completed, 3: .completed])
    }

    @Test func `passes over what is not published`() {
        let hidden = module(1, [item(1, .mustView)], published: false)
        let draft = module(2, [item(2, .mustView, published: false)], after: [1])
        #expect(states([hidden, draft], StudentFacts()) == [2: .completed])
    }

    @Test func `stays open where it was begun, and completed where it was`() {
        let modules = [
            module(1, [item(1, .mustView)]), module(2, [item(2, .mustView)], after: [1]),
            module(3, [item(3, .mustView)], after: [1]), module(4, after: [3]),
        ]
        let facts = StudentFacts(begun: [2: nil, 3: 77])
        #expect(states(modules, facts) == [1: .unlocked, 2: .unlocked, 3: .completed, 4: .completed])
    }

    @Test func `ends, even if modules waited for one another`() {
        #expect(
            states([module(1, after: [2]), module(2, after: [1])], StudentFacts()) == [
                1: .locked, 2: .locked,
            ])
    }

    @Test func `is open to who looks on, but for dates`() {
        let modules = [
            module(1, [item(1, .mustView)], sequential: true), module(2, after: [1]),
            module(3, unlockAt: now + 1),
        ]
        let progression = ModuleProgression(of: modules, facts: nil, at: now)
        #expect(progression.states == [1: .unlocked, 2: .unlocked, 3: .locked])
        #expect(progression.lockedItems == [])
        #expect(progression.met == [])
    }
}

struct `What an item asks for` {
    private func meets(_ item: ModuleItem, _ facts: StudentFacts) -> Bool {
        ModuleProgression(of: [module(1, [item])], facts: facts, at: now).met.contains(item.id)
    }

    @Test func `is to look at it, to mark it, or to say something`() {
        #expect(meets(item(1, .mustView), StudentFacts(viewed: [1])))
        #expect(!meets(item(1, .mustView), StudentFacts(viewed: [2], done: [1])))
        #expect(meets(item(1, .mustMarkDone), StudentFacts(done: [1])))
        #expect(!meets(item(1, .mustMarkDone), StudentFacts(viewed: [1])))
        let discussion = item(1, .mustContribute, kind: .discussion, content: 7)
        #expect(meets(discussion, StudentFacts(contributed: [7])))
        #expect(!meets(discussion, StudentFacts(contributed: [1])))
    }

    @Test func `is to hand in`() {
        let essay = item(1, .mustSubmit, kind: .assignment, content: 7)
        func facts(_ kind: CourseworkReference.Kind, _ isSubmitted: Bool) -> StudentFacts {
            StudentFacts(outcomes: [.init(kind, 7): .init(isSubmitted: isSubmitted, score: nil)])
        }
        #expect(meets(essay, facts(.assignment, true)))
        #expect(!meets(essay, facts(.assignment, false)))
        #expect(!meets(essay, facts(.quiz, true)))
        #expect(!meets(essay, StudentFacts()))
    }

    @Test(arguments: [(nil, false), (4.9, false), (5, true), (6, true)] as [(Double?, Bool)])
    func `is to reach a score`(score: Double?, isMet: Bool) {
        let quiz = item(1, .minScore, kind: .quiz, content: 7, score: 5)
        let facts = StudentFacts(outcomes: [.init(.quiz, 7): .init(isSubmitted: true, score: score)])
        #expect(meets(quiz, facts) == isMet)
    }

    @Test func `is nothing where it asks for nothing`() {
        #expect(!meets(item(1), StudentFacts(viewed: [1])))
    }

    @Test(arguments: [
        (CompletionRequirement.Kind.mustView, [ModuleItem.Kind.subHeader]),
        (.mustMarkDone, [.subHeader]),
        (.mustContribute, [.file, .page, .assignment, .quiz, .subHeader, .externalURL, .externalTool]),
        (.mustSubmit, [.file, .page, .discussion, .subHeader, .externalURL, .externalTool]),
        (.minScore, [.file, .page, .discussion, .subHeader, .externalURL, .externalTool]),
    ])
    func `must be something that can be asked of it`(kind: CompletionRequirement.Kind, not: [ModuleItem.Kind])
    {
        for item in ModuleItem.Kind.allCases { #expect(kind.fits(item) == !not.contains(item), "\(item)") }
    }
}

struct `What a module locks` {
    @Test func `is all of it while it is locked`() {
        let modules = [
            module(1, [item(1, .mustView)]),
            module(2, [item(2), item(3), item(4, published: false)], after: [1]),
        ]
        #expect(ModuleProgression(of: modules, facts: StudentFacts(), at: now).lockedItems == [2, 3])
        #expect(ModuleProgression(of: modules, facts: StudentFacts(viewed: [1]), at: now).lockedItems == [])
    }

    @Test func `is what comes after an item that is not completed, where it is sequential`() {
        let items = [
            item(1), item(2, .mustView), item(3), item(4, .mustView, published: false), item(5, .mustView),
            item(6),
        ]
        func locked(_ viewed: Set<Int64>) -> Set<Int64> {
            ModuleProgression(
                of: [module(1, items, sequential: true)], facts: StudentFacts(viewed: viewed), at: now
            ).lockedItems
        }
        #expect(locked([]) == [3, 5, 6])
        #expect(locked([2]) == [6])
        #expect(locked([5]) == [3, 5, 6])
        #expect(locked([2, 5]) == [])
        let loose = ModuleProgression(of: [module(1, items)], facts: StudentFacts(), at: now)
        #expect(loose.lockedItems == [])
    }

    @Test func `is a page only when every way to it is locked`() {
        let locked = module(1, [item(1, content: 50)], unlockAt: now + 1)
        let open = module(2, [item(2, content: 50), item(3, content: 51)])
        let hidden = module(3, [item(4, content: 52)], published: false, unlockAt: now + 1)
        func isLocked(_ content: Int64, _ modules: [Module]) -> Bool {
            ModuleProgression(of: modules, facts: StudentFacts(), at: now).isLocked(
                .page, content, in: modules)
        }
        #expect(isLocked(50, [locked]))
        #expect(!isLocked(50, [locked, open]))
        #expect(!isLocked(52, [hidden]))
        #expect(!isLocked(99, [locked]))
        #expect(
            !ModuleProgression(of: [locked], facts: StudentFacts(), at: now)
                .isLocked(.discussion, 50, in: [locked]))
    }
}

struct `The sequence of items` {
    @Test func `goes across modules, and passes over headings`() {
        let modules = [
            module(1, [item(1), item(2, kind: .subHeader)]), module(2),
            module(3, [item(3, kind: .subHeader), item(4), item(5, content: 4)]),
        ]
        let found = ItemSequence.find(in: modules) { $0.content == 4 }
        #expect(found.map(\.current.id) == [4, 5])
        #expect(found.map { $0.previous?.id } == [1, 4])
        #expect(found.map { $0.next?.id } == [5, nil])
        #expect(ItemSequence.find(in: modules) { $0.id == 1 }.first?.previous == nil)
        #expect(ItemSequence.find(in: modules) { $0.id == 9 } == [])
    }

    @Test func `has a bound`() {
        let modules = [module(1, (1...30).map { item($0, content: 7) })]
        #expect(ItemSequence.find(in: modules) { $0.content == 7 }.count == ItemSequence.most)
    }
}
