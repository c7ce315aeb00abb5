import JSON

/// The whiteboard of one class: what lies on it, and what each author can undo.
///
/// Events are folded in the order of the log, with the same rules as the web client's: `add` puts or replaces, `patch`
/// changes what is there and adds one to the version, `delete` and `clear` take away; what is not there is no error.
/// So every fold of the same events gives the same board, whoever decided on what state.
struct BoardState: Sendable {
    private struct Placed: Hashable, Sendable {
        var element: BoardElement
        /// Settles the order of equal `z`: who came first lies below.
        let serial: Int
    }

    /// The last event that is folded in.
    private(set) var offset: UInt64 = 0
    private var placed: [String: Placed] = [:]
    private var histories: [Int64: BoardHistory] = [:]
    /// About how many bytes all elements take.
    private(set) var bytes = 0
    private var nextZ = 1
    private var nextSerial = 0

    init() {}

    /// Begins with the elements of a stored snapshot, lowest first.
    ///
    /// What was undoable before is not any more.
    init(elements: [BoardElement], offset: UInt64) {
        self.offset = offset
        for element in elements { put(element) }
    }

    var count: Int { placed.count }

    func element(_ id: String) -> BoardElement? { placed[id]?.element }

    /// All elements, lowest first.
    var elements: [BoardElement] {
        placed.values.sorted { ($0.element.z, $0.serial) < ($1.element.z, $1.serial) }.map(\.element)
    }

    var snapshot: RawJSON {
        RawJSON { json in
            json.object { $0.array("elements", of: elements) { $1.write(&$0) } }
        }
    }

    // MARK: Folding

    /// Folds the next event in.
    mutating func fold(_ entry: LogEntry) {
        offset = entry.offset
        guard entry.type == "board.applied", let author = entry.author else { return }
        let nature = Draft.Nature(entry)
        var history = histories[author] ?? BoardHistory()
        if nature != .change { history.take(nature) { !effective($0).isEmpty } }
        var inverse: [BoardOperation] = []
        for operation in BoardState.operations(of: entry) { inverse = apply(operation) + inverse }
        history.note(inverse, after: nature)
        histories[author] = history
    }

    private static func operations(of entry: LogEntry) -> [BoardOperation] {
        guard case .array(let ops)? = entry.object["ops"] else { return [] }
        // What this version does not understand is left out, as clients do.
        return ops.compactMap { op in
            guard let fields = try? JSONFields(op) else { return nil }
            return try? BoardOperation(stored: fields)
        }
    }

    /// Applies one operation and returns what takes it back.
    private mutating func apply(_ operation: BoardOperation) -> [BoardOperation] {
        switch operation {
        case .add(let element):
            let old = take(element.id, keepingPlace: true)
            put(element, serial: old?.serial)
            return [.delete([element.id])] + (old.map { [.add($0.element)] } ?? [])
        case .patch(let id, let patch):
            guard let old = placed[id] else { return [] }
            var element = old.element
            element.shape = patch.applied(to: element.shape)
            element.version += 1
            bytes += element.weight - old.element.weight
            placed[id]?.element = element
            return [.patch(id: id, patch.inverse(of: old.element.shape))]
        case .delete(let ids):
            return ids.compactMap { id in take(id).map { .add($0.element) } }
        case .clear:
            let all = elements
            placed = [:]
            bytes = 0
            return all.map { .add($0) }
        }
    }

    private mutating func take(_ id: String, keepingPlace: Bool = false) -> Placed? {
        guard let old = placed.removeValue(forKey: id) else { return nil }
        bytes -= old.element.weight
        return old
    }

    private mutating func put(_ element: BoardElement, serial: Int? = nil) {
        placed[element.id] = Placed(element: element, serial: serial ?? nextSerial)
        nextSerial += 1
        nextZ = max(nextZ, element.z + 1)
        bytes += element.weight
    }

    // MARK: Deciding

    /// What is to be appended: the operations as they will be applied.
    struct Draft: Hashable, Sendable {
        enum Nature: String, Hashable, Sendable {
            case change, undo, redo

            /// What an event says of itself.
            init(_ entry: LogEntry) {
                self = entry.bool("undo") == true ? .undo : entry.bool("redo") == true ? .redo : .change
            }
        }

        let operations: [BoardOperation]
        /// For each operation the version that a patched element will have.
        let versions: [Int?]
        let nature: Nature
    }

    /// Decides on a member's changes: all of them, or none.
    ///
    /// Reserves places in the order of painting.
    mutating func decide(_ requests: [BoardRequest], by member: ClassMember) -> Result<Draft, BoardRefusal> {
        if requests == [.undo] { return takeBack(histories[member.id]?.undo ?? [], .undo) }
        if requests == [.redo] { return takeBack(histories[member.id]?.redo ?? [], .redo) }
        var desk = Desk(state: self, member: member)
        for request in requests {
            if let reason = desk.take(request) { return .failure(BoardRefusal(reason)) }
        }
        guard !desk.operations.isEmpty else { return .failure(BoardRefusal(.notFound)) }
        nextZ = desk.nextZ
        return .success(Draft(operations: desk.operations, versions: desk.versions, nature: .change))
    }

    private func takeBack(_ stack: [[BoardOperation]], _ nature: Draft.Nature) -> Result<Draft, BoardRefusal>
    {
        for change in stack.reversed() {
            let operations = effective(change)
            guard !operations.isEmpty else { continue }
            let added = operations.reduce(0) { sum, operation in
                if case .add(let element) = operation { sum + element.weight } else { sum }
            }
            guard bytes + added <= BoardLimits.bytes else { return .failure(BoardRefusal(.boardFull)) }
            let versions = operations.map { operation -> Int? in
                if case .patch(let id, _) = operation {
                    placed[id].map { $0.element.version + 1 }
                } else {
                    nil
                }
            }
            return .success(Draft(operations: operations, versions: versions, nature: nature))
        }
        return .failure(BoardRefusal(nature == .undo ? .nothingToUndo : .nothingToRedo))
    }

    /// What of some operations still has an effect, one after the other.
    private func effective(_ operations: [BoardOperation]) -> [BoardOperation] {
        var there: [String: Bool] = [:]
        func isThere(_ id: String) -> Bool { there[id] ?? (placed[id] != nil) }
        var kept: [BoardOperation] = []
        for operation in operations {
            switch operation {
            case .add(let element):
                guard !isThere(element.id) else { continue }
                there[element.id] = true
                kept.append(operation)
            case .patch(let id, _):
                if isThere(id) { kept.append(operation) }
            case .delete(let ids):
                let known = ids.filter(isThere)
                for id in known { there[id] = false }
                if !known.isEmpty { kept.append(.delete(known)) }
            case .clear: kept.append(operation)
            }
        }
        return kept
    }

    /// The changes of one `board.apply`, judged one after the other before anything is made.
    private struct Desk {
        let state: BoardState
        let member: ClassMember
        var nextZ: Int
        var operations: [BoardOperation] = []
        var versions: [Int?] = []
        private var touched: [String: BoardElement?] = [:]
        private var isCleared = false
        private var bytes: Int
        private var count: Int

        init(state: BoardState, member: ClassMember) {
            self.state = state
            self.member = member
            nextZ = state.nextZ
            bytes = state.bytes
            count = state.count
        }

        private func find(_ id: String) -> BoardElement? {
            if let known = touched[id] { return known }
            return isCleared ? nil : state.element(id)
        }

        private func mayChange(_ element: BoardElement) -> Bool {
            member.isStaff || element.author == member.id
        }

        private mutating func note(_ operation: BoardOperation, version: Int? = nil) {
            operations.append(operation)
            versions.append(version)
        }

        mutating func take(_ request: BoardRequest) -> RefusalReason? {
            switch request {
            case .add(let id, let kind, let shape):
                guard find(id) == nil else { return .idTaken }
                let element = BoardElement(
                    id: id, kind: kind, shape: shape, z: nextZ, version: 1, author: member.id)
                nextZ += 1
                count += 1
                bytes += element.weight
                guard count <= BoardLimits.elements, bytes <= BoardLimits.bytes else { return .boardFull }
                touched[id] = .some(element)
                note(.add(element))
            case .patch(let id, let patch):
                // Somebody else may have deleted it a moment ago: no reason to refuse the rest.
                guard var element = find(id) else { return nil }
                guard mayChange(element) else { return .notAllowed }
                guard patch.fits(element.kind) else { return .badOperation }
                let before = element.weight
                element.shape = patch.applied(to: element.shape)
                element.version += 1
                bytes += element.weight - before
                guard element.weight <= before || bytes <= BoardLimits.bytes else { return .boardFull }
                touched[id] = .some(element)
                note(.patch(id: id, patch), version: element.version)
            case .delete(let ids):
                var known: [String] = []
                for id in ids {
                    guard let element = find(id) else { continue }
                    guard mayChange(element) else { return .notAllowed }
                    count -= 1
                    bytes -= element.weight
                    touched[id] = .some(nil)
                    known.append(id)
                }
                if !known.isEmpty { note(.delete(known)) }
            case .clear:
                guard member.isStaff else { return .notAllowed }
                isCleared = true
                touched = [:]
                count = 0
                bytes = 0
                note(.clear)
            case .undo, .redo: return .badOperation
            }
            return nil
        }
    }
}

/// A rule that speaks against a change of the board.
struct BoardRefusal: Error, Hashable, Sendable {
    let reason: RefusalReason

    init(_ reason: RefusalReason) { self.reason = reason }
}

extension BoardState.Draft {
    /// The event that carries the change.
    func event(at: Int64, by member: ClassMember) -> RawJSON {
        EventBody.make("board.applied", at: at, by: member) { json in
            json.array("ops", of: zip(operations, versions)) { $1.0.write(&$0, version: $1.1) }
            if nature != .change { json.member(nature.rawValue, true) }
        }
    }
}
