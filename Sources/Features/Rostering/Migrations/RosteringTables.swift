package import Postgres

/// What this feature's tables are to people's privacy.
package enum RosteringTables {
    /// All of them.
    package static let all: [TableDeclaration] = [
        .personal(
            "sis_imports", people: ["user_id"],
            erasure: .keep("Who sent a file, by id; the file's rows are not in it.")),
        .impersonal("sis_import_messages"),
        .impersonal("sis_state_changes", institutionExport: .nothing("For putting back, for thirty days.")),
        .impersonal("sis_mentions", institutionExport: .nothing("While an import runs.")),
        .impersonal(
            "sis_import_pieces", secrets: ["bytes"],
            // Nobody can tell whom a file names: those of imports that are over go, and the next of a data set is compared with
            // nothing.
            erasure: .statement(
                """
                DELETE FROM sis_import_pieces WHERE institution_id = $1 AND $2::bigint IS NOT NULL
                    AND ctid = ANY (ARRAY(
                        SELECT p.ctid FROM sis_import_pieces p
                        JOIN sis_imports i ON i.institution_id = $1 AND i.id = p.import_id
                        WHERE p.institution_id = $1 AND i.ended_at IS NOT NULL
                        LIMIT least($3, 100)))
                """),
            institutionExport: .nothing("Files as they were sent: what they said is in the tables.")),
    ]
}
