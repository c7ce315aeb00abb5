import Postgres
import Tenancy

/// One batch of rows within its transaction: what it may do, and what it has to tell in the end.
///
/// Confined to the transaction's loop.
final class RosterBatch {
    /// Somebody changed what the batch has read: it is to be done anew.
    struct Overtaken: Error {}

    /// A change of a state, with the state before.
    struct StateChange: Hashable {
        var className: String
        var id: Int64
        var other: Int64 = 0
        var former: String
        var change: RosterChange
    }

    let institution: InstitutionID
    let importID: Int64
    let rules: StickyRules
    /// Whether mentions are kept, for what is removed in the end.
    let keepsMentions: Bool
    /// The stored form of passwords of people who may be new, by the number of their row.
    let hashes: [Int: String]
    let transaction: PostgresTransaction

    var messages: [RosterMessage] = []
    var tallies = RosterTallies()
    private(set) var stateChanges: [StateChange] = []
    private var mentions: [String: Set<Int64>] = [:]

    init(
        institution: InstitutionID, importID: Int64, rules: StickyRules, keepsMentions: Bool,
        hashes: [Int: String], transaction: PostgresTransaction
    ) {
        self.institution = institution
        self.importID = importID
        self.rules = rules
        self.keepsMentions = keepsMentions
        self.hashes = hashes
        self.transaction = transaction
    }

    var tenant: PostgresValue { .int(institution.rawValue) }

    /// Runs a statement whose `$1` is the institution.
    @discardableResult
    func query(_ statement: Statement, _ values: [PostgresValue] = []) async throws(PostgresError) -> Rows {
        try await transaction.query(statement, [tenant] + values)
    }

    /// Runs a statement that must concern so many rows.
    ///
    /// - Throws: ``Overtaken`` when it concerned others.
    @discardableResult
    func query(_ statement: Statement, _ values: [PostgresValue], expecting count: Int) async throws -> Rows {
        let rows = try await query(statement, values)
        guard rows.count == count else { throw Overtaken() }
        return rows
    }

    /// Reads rows by a kind's rules; of several with one key the last counts, and those that are none are told of.
    func read<Row, Key: Hashable>(
        _ rows: [RosterRow], as make: (RosterRow) throws(RowRefusal) -> Row, by key: (Row) -> Key
    ) -> [Row] {
        var made: [Row] = []
        var places: [Key: Int] = [:]
        var isKept: [Bool] = []
        for row in rows {
            do throws(RowRefusal) {
                let one = try make(row)
                if let before = places.updateValue(made.count, forKey: key(one)) { isKept[before] = false }
                made.append(one)
                isKept.append(true)
            } catch {
                refuse(row.number, error)
            }
        }
        return zip(made, isKept).filter(\.1).map(\.0)
    }

    /// Tells why a row is left out.
    func refuse(_ number: Int, _ refusal: RowRefusal) {
        messages.append(.error(number == 0 ? nil : number, refusal.text))
    }

    /// Counts what became of one thing, and keeps its former state.
    func note<Record>(_ kind: RosterKind, _ verdict: RosterVerdict<Record>, id: Int64) {
        note(kind.className, verdict.change, id: id, former: verdict.former)
    }

    /// Counts what became of one thing, and keeps its former state.
    func note(_ className: String, _ change: RosterChange, id: Int64, other: Int64 = 0, former: String?) {
        tallies.count(className, change)
        mention(className, id)
        guard let former else { return }
        tallies.stateChanges += 1
        stateChanges.append(
            StateChange(className: className, id: id, other: other, former: former, change: change))
    }

    /// Something stands in a file, whether it changes or not.
    func mention(_ className: String, _ id: Int64) {
        if keepsMentions { mentions[className, default: []].insert(id) }
    }

    /// Writes what is kept beside the change itself.
    func writeNotes(isCleanup: Bool = false) async throws(PostgresError) {
        if !stateChanges.isEmpty {
            try await query(
                NoteQueries.addStateChanges,
                [
                    .int(importID), .textArray(stateChanges.map(\.className)),
                    .intArray(stateChanges.map(\.id)),
                    .intArray(stateChanges.map(\.other)), .textArray(stateChanges.map(\.former)),
                    .textArray(stateChanges.map(\.change.rawValue)), .bool(isCleanup),
                ])
        }
        for name in mentions.keys.sorted() {
            try await query(
                NoteQueries.addMentions,
                [.int(importID), .text(name), .intArray((mentions[name] ?? []).sorted())])
        }
    }
}

/// The SQL of what is kept beside changes; `$1` is the institution, `$2` the import.
enum NoteQueries {
    /// $3 classes, $4 ids, $5 second ids, $6 former states, $7 what the changes are, $8 whether batch mode removes them.
    static let addStateChanges: Statement = """
        INSERT INTO sis_state_changes (institution_id, import_id, kind, row_id, other_id, former, change, is_cleanup)
        SELECT $1, $2, g.kind, g.row_id, g.other_id, g.former, g.change, $8
        FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
            AS g (kind, row_id, other_id, former, change)
        """

    /// $3 class, $4 ids.
    static let addMentions: Statement = """
        INSERT INTO sis_mentions (institution_id, import_id, kind, row_id)
        SELECT $1, $2, $3, g.id FROM unnest($4::bigint[]) AS g (id) ON CONFLICT DO NOTHING
        """

    /// $3 files, $4 rows' numbers, $5 texts, $6 whether they are errors.
    static let addMessages: Statement = """
        INSERT INTO sis_import_messages (institution_id, import_id, file, row_number, message, is_error)
        SELECT $1, $2, g.file, g.number, g.message, g.is_error
        FROM unnest($3::text[], $4::bigint[], $5::text[], $6::boolean[]) WITH ORDINALITY
            AS g (file, number, message, is_error, place)
        ORDER BY g.place
        """
}
