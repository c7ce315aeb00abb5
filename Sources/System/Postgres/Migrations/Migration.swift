/// One step of the schema's history; never changed once it was released.
package struct Migration: Sendable, Hashable {
    /// Its place in the order, from 1; numbers may have gaps.
    package let number: Int
    /// What it does, in lower-case words joined by underscores.
    package let name: String
    /// Its statements, run as one transaction: without `BEGIN` and `COMMIT`, and without what cannot run in
    /// one.
    package let sql: String

    /// Makes a migration.
    ///
    /// - Parameters:
    ///   - number: Its place in the order, from 1.
    ///   - name: Lower-case letters, digits and underscores.
    ///   - sql: Its statements.
    package init(number: Int, name: String, sql: String) {
        precondition(number > 0, "migrations are numbered from 1")
        precondition(
            !name.isEmpty
                && name.utf8.allSatisfy {
                    ("a"..."z").contains(Character(UnicodeScalar($0)))
                        || ("0"..."9").contains(Character(UnicodeScalar($0))) || $0 == UInt8(ascii: "_")
                },
            "a migration's name has lower-case letters, digits and underscores")
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// What the database remembers to tell that the text has changed.
    package var checksum: String { SHA256.hexadecimal(of: sql) }

    /// The number and the name, as messages show it: `0050_event_log`.
    package var label: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "_" + name
    }
}

/// Why the schema was not brought up to date.
///
/// Migrations before the one that failed stay applied.
package enum MigrationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Two migrations of the program have the same number.
    case duplicate(Int)
    /// An applied migration's text is not the one that was applied.
    case changed(String)
    /// The database has migrations that this program does not know: the program is older than the database.
    case unknown([String])
    /// A migration failed and was rolled back.
    case failed(String, PostgresError)
    /// A migration ended the transaction that it runs in.
    case leftTransaction(String)
    /// Another process held the lock too long.
    case locked
    /// The database cannot be used.
    case database(PostgresError)

    package var description: String {
        switch self {
        case .duplicate(let number): return "two migrations have the number \(number)"
        case .changed(let label): return "the migration \(label) was changed after it had been applied"
        case .unknown(let labels):
            return "the database has migrations that this program lacks: \(labels.joined(separator: ", "))"
        case .failed(let label, let error): return "the migration \(label) failed: \(error)"
        case .leftTransaction(let label): return "the migration \(label) must not end its transaction"
        case .locked: return "another process is migrating the database for too long"
        case .database(let error): return "the database cannot be migrated: \(error)"
        }
    }
}
