import Synchronization

/// Who was removed from the classes that this node has loaded; read by those who do not pass through the room.
final class RemovedMembers: Sendable {
    private let known = Mutex<[RoomKey: Set<Int64>]>([:])

    func add(_ users: Set<Int64>, to key: RoomKey) {
        guard !users.isEmpty else { return }
        known.withLock { $0[key, default: []].formUnion(users) }
    }

    func contains(_ user: Int64, in key: RoomKey) -> Bool {
        known.withLock { $0[key]?.contains(user) ?? false }
    }

    func forget(_ key: RoomKey) { known.withLock { $0[key] = nil } }
}
