import Synchronization

/// The keys of a file's rows so far: which rows are about something that a row before them is about.
///
/// Any thread may use it. Of a key only a hash is kept; two that hash alike are taken for one, which happens once in 2^64.
final class RosterRepeats: Sendable {
    private let kind: RosterKind
    /// The number of the first row of each.
    private let seen = Mutex<[Int: Int]>([:])

    init(_ kind: RosterKind) { self.kind = kind }

    /// What is to be said of rows, the file's next ones.
    func note(_ rows: [RosterRow]) -> [RosterMessage] {
        seen.withLock { seen in
            var messages: [RosterMessage] = []
            for row in rows {
                let key = row.key(kind)
                // A row that names nothing is refused by its rules.
                guard key.contains(where: { !$0.isEmpty }) else { continue }
                guard let first = seen[key.hashValue] else {
                    seen[key.hashValue] = row.number
                    continue
                }
                let names = kind.keys.filter { row.text($0) != nil }.map(\.rawValue).joined(separator: ", ")
                messages.append(
                    .warning(row.number, "\(names): row \(first) says so already, and the last row counts"))
            }
            return messages
        }
    }
}
