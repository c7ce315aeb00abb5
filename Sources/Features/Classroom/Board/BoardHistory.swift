/// What one author can undo and redo: for each change the operations that take it back.
///
/// Bounded in number and bytes; the oldest are forgotten first.
struct BoardHistory: Hashable, Sendable {
    private(set) var undo: [[BoardOperation]] = []
    private(set) var redo: [[BoardOperation]] = []

    /// Takes off what can no longer have an effect, and then the change that is undone or redone.
    mutating func take(_ nature: BoardState.Draft.Nature, isEffective: ([BoardOperation]) -> Bool) {
        let stack = nature == .redo ? \BoardHistory.redo : \BoardHistory.undo
        while let last = self[keyPath: stack].popLast() {
            if isEffective(last) { return }
        }
    }

    /// Notes how what was just applied can be taken back.
    ///
    /// A new change makes it impossible to redo older ones.
    mutating func note(_ inverse: [BoardOperation], after nature: BoardState.Draft.Nature) {
        if nature == .change { redo = [] }
        guard !inverse.isEmpty else { return }
        push(inverse, onto: nature == .undo ? \.redo : \.undo)
    }

    private mutating func push(
        _ inverse: [BoardOperation], onto stack: WritableKeyPath<BoardHistory, [[BoardOperation]]>
    ) {
        self[keyPath: stack].append(inverse)
        var bytes = self[keyPath: stack].reduce(0) { $0 + BoardHistory.weight($1) }
        while self[keyPath: stack].count > BoardLimits.undoable
            || (bytes > BoardLimits.undoableBytes && self[keyPath: stack].count > 1)
        {
            bytes -= BoardHistory.weight(self[keyPath: stack].removeFirst())
        }
    }

    private static func weight(_ change: [BoardOperation]) -> Int { change.reduce(0) { $0 + $1.weight } }
}
