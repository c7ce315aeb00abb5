import JSON
import Postgres
import Tenancy

/// An import of a roster, as its rows say.
struct SISImport: Sendable {
    /// Canvas's words for where one stands.
    enum State: String, CaseIterable, Sendable {
        case initializing, created, importing
        case cleanupBatch = "cleanup_batch"
        case imported
        case importedWithMessages = "imported_with_messages"
        case aborted, failed
        case failedWithMessages = "failed_with_messages"
        case restoring
        case partiallyRestored = "partially_restored"
        case restored
    }

    /// Messages that an import itself shows; the rest is in its list.
    static let shownMessages = 50

    let id: Int64
    let state: State
    let user: Int64
    let isZip: Bool
    let size: Int64
    /// The term that batch mode is about; `nil` without batch mode.
    let batchTerm: Int64?
    let rules: StickyRules
    let dataSet: String?
    let isRemaster: Bool
    let diffedAgainst: Int64?
    let isThresholdExceeded: Bool
    let changeThreshold: Int64?
    let rowThreshold: Int64?
    let progress: Int64
    let suppliedBatches: [String]
    let tallies: RosterTallies
    /// Milliseconds since 1970, as all times here.
    let createdAt: Int64
    let startedAt: Int64?
    let endedAt: Int64?
    let updatedAt: Int64
    /// File and sentence of the first messages.
    let errors: [(file: String, text: String)]
    let warnings: [(file: String, text: String)]

    /// The columns that ``init(_:)`` reads, of `sis_imports i`.
    static let columns = """
        i.id, i.workflow_state, i.user_id, i.extension, i.file_size, i.batch_mode_term_id, i.override_sis_stickiness,
        i.add_sis_stickiness, i.clear_sis_stickiness, i.diffing_data_set_identifier, i.diffing_remaster,
        i.diffed_against_import_id, i.diffing_threshold_exceeded, i.change_threshold::bigint,
        i.diff_row_count_threshold::bigint, i.progress::bigint, i.supplied_batches, i.tallies, i.created_at, i.started_at,
        i.ended_at, i.updated_at
        """

    /// What gives the first messages of each; they are read after ``columns``.
    static let messages = """
        ARRAY(SELECT coalesce(m.file, '') || chr(10) || m.message || coalesce(' (row ' || m.row_number || ')', '')
            FROM sis_import_messages m WHERE m.institution_id = i.institution_id AND m.import_id = i.id AND m.is_error
            ORDER BY m.id LIMIT \(shownMessages)),
        ARRAY(SELECT coalesce(m.file, '') || chr(10) || m.message || coalesce(' (row ' || m.row_number || ')', '')
            FROM sis_import_messages m WHERE m.institution_id = i.institution_id AND m.import_id = i.id AND NOT m.is_error
            ORDER BY m.id LIMIT \(shownMessages))
        """

    /// Reads an import from a row of ``columns`` and ``messages``.
    init(_ row: Row) throws {
        id = try row.int(0)
        state = State(rawValue: try row.text(1)) ?? .failed
        user = try row.int(2)
        isZip = try row.text(3) == "zip"
        size = try row.int(4)
        batchTerm = try row.intOrNil(5)
        rules = StickyRules(overrides: try row.bool(6), adds: try row.bool(7), clears: try row.bool(8))
        dataSet = try row.textOrNil(9)
        isRemaster = try row.bool(10)
        diffedAgainst = try row.intOrNil(11)
        isThresholdExceeded = try row.bool(12)
        changeThreshold = try row.intOrNil(13)
        rowThreshold = try row.intOrNil(14)
        progress = try row.int(15)
        suppliedBatches = try row.textArray(16)
        tallies = RosterTallies(stored: try JSONReader.read(try row.bytes(17)))
        createdAt = try row.timestampMilliseconds(18)
        startedAt = try row.timestampMillisecondsOrNil(19)
        endedAt = try row.timestampMillisecondsOrNil(20)
        updatedAt = try row.timestampMilliseconds(21)
        errors = SISImport.pairs(try row.textArray(22))
        warnings = SISImport.pairs(try row.textArray(23))
    }

    private static func pairs(_ texts: [String]) -> [(file: String, text: String)] {
        texts.map { text in
            let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// Writes the import as Canvas has it.
    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("workflow_state", state.rawValue)
            json.member("progress", progress)
            json.member("user_id", user)
            json.member("created_at", ISO8601.text(milliseconds: createdAt))
            json.timeOrNull("started_at", startedAt)
            json.timeOrNull("ended_at", endedAt)
            json.member("updated_at", ISO8601.text(milliseconds: updatedAt))
            json.object("data") { json in
                json.member("import_type", "instructure_csv")
                json.array("supplied_batches", of: suppliedBatches) { $0.string($1) }
                json.object("counts") { json in writeCounts(&json) }
            }
            json.object("statistics") { json in
                json.member("total_state_changes", tallies.stateChanges)
                for name in RosterKind.classNames {
                    json.object(name) { json in
                        for change in RosterChange.allCases {
                            json.member(change.rawValue, tallies.changes[name]?[change] ?? 0)
                        }
                    }
                }
            }
            json.member("batch_mode", batchTerm != nil)
            json.orNull("batch_mode_term_id", batchTerm)
            json.member("multi_term_batch_mode", false)
            json.member("override_sis_stickiness", rules.overrides)
            json.member("add_sis_stickiness", rules.adds)
            json.member("clear_sis_stickiness", rules.clears)
            json.orNull("diffing_data_set_identifier", dataSet)
            json.member("diffing_remaster", isRemaster)
            json.orNull("diffed_against_import_id", diffedAgainst)
            json.member("diffing_threshold_exceeded", isThresholdExceeded)
            json.orNull("change_threshold", changeThreshold)
            json.orNull("diff_row_count_threshold", rowThreshold)
            write("processing_errors", errors, &json)
            write("processing_warnings", warnings, &json)
        }
    }

    private func writeCounts(_ json: inout JSONWriter) {
        for kind in RosterKind.allCases { json.member(kind.rawValue, tallies.rows[kind] ?? 0) }
        json.member("batch_courses_deleted", tallies.removed["Course"] ?? 0)
        json.member("batch_sections_deleted", tallies.removed["CourseSection"] ?? 0)
        json.member("batch_enrollments_deleted", tallies.removed["Enrollment"] ?? 0)
        json.member("error_count", tallies.errors)
        json.member("warning_count", tallies.warnings)
    }

    private func write(_ name: String, _ messages: [(file: String, text: String)], _ json: inout JSONWriter) {
        json.array(name, of: messages) { json, message in
            json.array { json in
                json.string(message.file)
                json.string(message.text)
            }
        }
    }
}
