/// How far one student is in a course's modules: what is locked, and what is completed.
///
/// A decision: everything that it depends on is handed in, the time included. Only what is published counts.
///
/// - A module is locked before its time, and until the modules that it asks for are completed. One that was begun stays
///   open when prerequisites are added later, and one that was completed stays so, until it is relocked.
/// - It is completed when the requirements of all its items are met; one without requirements is when it is open.
/// - Where it is sequential, an item is locked until the requirements of all items before it are met.
struct ModuleProgression: Sendable {
    /// The states of a module, in Canvas's words.
    enum State: String, Hashable, Sendable {
        case locked
        case unlocked
        case started
        case completed
    }

    /// Published modules alone.
    let states: [Int64: State]
    /// Items whose requirement is met.
    let met: Set<Int64>
    /// Published items that the student may not open.
    let lockedItems: Set<Int64>

    /// Works it out.
    ///
    /// - Parameters:
    ///   - modules: All modules of the course.
    ///   - facts: What the student has done; `nil` for somebody who looks on, for whom only dates count.
    ///   - now: Milliseconds since 1970.
    init(of modules: [Module], facts: StudentFacts?, at now: Int64) {
        let published = modules.filter(\.isPublished)
        var met: Set<Int64> = []
        if let facts {
            for module in published {
                for item in module.publishedItems where item.requirement != nil && facts.meet(item) {
                    met.insert(item.id)
                }
            }
        }
        var walk = Walk(
            modules: Dictionary(uniqueKeysWithValues: published.map { ($0.id, $0) }), facts: facts, met: met,
            now: now)
        var lockedItems: Set<Int64> = []
        for module in published {
            var isLocked = walk.state(of: module) == .locked
            for item in module.publishedItems {
                if isLocked { lockedItems.insert(item.id) }
                if facts != nil, module.isSequential, item.requirement != nil, !met.contains(item.id) {
                    isLocked = true
                }
            }
        }
        (states, self.met, self.lockedItems) = (walk.states, met, lockedItems)
    }

    /// Whether something is locked that items of published modules lead to: when there are any, and all are.
    func isLocked(_ kind: ModuleItem.Kind, _ content: Int64, in modules: [Module]) -> Bool {
        let items = modules.filter(\.isPublished).flatMap(\.publishedItems)
            .filter { $0.kind == kind && $0.content == content }
        return !items.isEmpty && items.allSatisfy { lockedItems.contains($0.id) }
    }

    /// Works states out, each once: a module's prerequisites before itself.
    private struct Walk {
        let modules: [Int64: Module]
        let facts: StudentFacts?
        let met: Set<Int64>
        let now: Int64
        var states: [Int64: State] = [:]
        /// Prerequisites have no cycle; if they had, what closes it would count as not completed.
        var underWay: Set<Int64> = []

        mutating func state(of module: Module) -> State {
            if let known = states[module.id] { return known }
            guard underWay.insert(module.id).inserted else { return .locked }
            defer { underWay.remove(module.id) }
            let state = workedOut(module)
            states[module.id] = state
            return state
        }

        private mutating func workedOut(_ module: Module) -> State {
            if let unlockAt = module.unlockAt, unlockAt > now { return .locked }
            guard let facts else { return .unlocked }
            if case .some(.some) = facts.begun[module.id] { return .completed }
            if facts.begun[module.id] == nil {
                for id in module.prerequisites {
                    // What nobody sees is not asked for.
                    guard let prerequisite = modules[id] else { continue }
                    guard state(of: prerequisite) == .completed else { return .locked }
                }
            }
            let required = module.publishedItems.filter { $0.requirement != nil }
            let count = required.count { met.contains($0.id) }
            if count == required.count { return .completed }
            return count > 0 ? .started : .unlocked
        }
    }
}
