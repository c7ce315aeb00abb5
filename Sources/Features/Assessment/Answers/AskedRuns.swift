import JSON
import Postgres
import Tenancy

/// What never changes of the runs that are being answered: the class and the question.
///
/// Bounded.
struct AskedRuns {
    struct Key: Hashable {
        let institution: InstitutionID
        let run: Int64
    }

    struct Entry {
        let liveClass: Int64
        let question: AskedQuestion
    }

    /// Runs remembered; of the two generations together.
    private static let bound = 2000

    private var young: [Key: Entry] = [:]
    private var old: [Key: Entry] = [:]

    /// The question that a run of that class asks; `nil` when it is not known, or of another class.
    mutating func question(_ key: Key, liveClass: Int64) -> AskedQuestion? {
        guard let entry = entry(key), entry.liveClass == liveClass else { return nil }
        return entry.question
    }

    /// Whether the run is known.
    mutating func knows(_ key: Key) -> Bool { entry(key) != nil }

    /// Remembers the rows of ``AnswerStatements/runs``.
    mutating func take(_ rows: Rows, of institution: InstitutionID) throws(PostgresError) {
        for row in rows {
            guard let question = AskedQuestion(snapshot: try row.bytes(2)) else {
                throw .decoding(.init(column: "question", expected: "a question", type: 0))
            }
            insert(
                Entry(liveClass: try row.int(1), question: question),
                Key(institution: institution, run: try row.int(0)))
        }
    }

    private mutating func entry(_ key: Key) -> Entry? {
        if let entry = young[key] { return entry }
        guard let entry = old.removeValue(forKey: key) else { return nil }
        insert(entry, key)
        return entry
    }

    private mutating func insert(_ entry: Entry, _ key: Key) {
        if young.count >= Self.bound / 2 {
            old = young
            young = [:]
        }
        young[key] = entry
    }
}
