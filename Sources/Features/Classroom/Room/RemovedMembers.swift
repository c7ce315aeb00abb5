import Synchronization

/// Who was removed from the classes that this node has loaded; read by those who do not pass through the room.
final class RemovedMembers: Sendable {
    private let known = Mutex<[RoomKey: Set<Int64>]>([:])

    /// Adds users; with none, notes that the class is loaded and nobody was removed from it.
    func add(_ users: Set<Int64>, to key: RoomKey) {
        known.withLock { $0[key, default: []].formUnion(users) }
    }

    /// The user may take part again.
    func takeBack(_ user: Int64, in key: RoomKey) {
        known.withLock { _ = $0[key]?.remove(user) }
    }

    /// Whether the class is loaded, so that ``contains(_:in:)`` can be believed.
    func knows(_ key: RoomKey) -> Bool { known.withLock { $0[key] != nil } }

    func contains(_ user: Int64, in key: RoomKey) -> Bool {
        known.withLock { $0[key]?.contains(user) ?? false }
    }

    func forget(_ key: RoomKey) { known.withLock { $0[key] = nil } }
}
