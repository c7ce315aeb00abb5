/// Orders without gaps.
enum ModuleOrder {
    /// The ids with one of them at a position.
    ///
    /// - Parameters:
    ///   - id: The id; it may be new.
    ///   - position: Where it is to be, from 1; one out of range is the nearest that there is. `nil` leaves it where it
    ///     is, or puts a new one last.
    ///   - ids: The others, and it.
    /// - Returns: The new order.
    static func placing(_ id: Int64, at position: Int?, in ids: [Int64]) -> [Int64] {
        guard let position else { return ids.contains(id) ? ids : ids + [id] }
        var rest = ids.filter { $0 != id }
        rest.insert(id, at: min(max(position, 1), rest.count + 1) - 1)
        return rest
    }

    /// Whether modules would wait for one another for ever.
    ///
    /// - Parameter prerequisites: What each module asks for.
    /// - Returns: Whether some module asks, by way of others, for itself.
    static func hasCycle(_ prerequisites: [Int64: [Int64]]) -> Bool {
        // Takes away, again and again, what asks for nothing that is left (Kahn, 1962).
        var waiting = prerequisites.mapValues { Set($0).intersection(prerequisites.keys).count }
        var dependents: [Int64: [Int64]] = [:]
        for (module, asked) in prerequisites {
            for id in Set(asked) where prerequisites[id] != nil { dependents[id, default: []].append(module) }
        }
        var free = waiting.filter { $0.value == 0 }.map(\.key)
        var taken = 0
        while let id = free.popLast() {
            taken += 1
            for dependent in dependents[id] ?? [] {
                let left = (waiting[dependent] ?? 0) - 1
                waiting[dependent] = left
                if left == 0 { free.append(dependent) }
            }
        }
        return taken < prerequisites.count
    }

    /// A module and all that ask for it, by way of others too.
    static func dependents(of module: Int64, _ prerequisites: [Int64: [Int64]]) -> Set<Int64> {
        var found: Set<Int64> = [module]
        var grows = true
        while grows {
            let next = prerequisites.filter { !found.contains($0.key) && !found.isDisjoint(with: $0.value) }
            found.formUnion(next.keys)
            grows = !next.isEmpty
        }
        return found
    }
}
