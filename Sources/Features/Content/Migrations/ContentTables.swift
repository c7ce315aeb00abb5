package import Postgres

/// What this feature's tables are to people's privacy.
///
/// A course's files stay with the course; a user's own go with their bytes, before their rows here (see ``ContentSweep``).
package enum ContentTables {
    /// All of them.
    package static let all: [TableDeclaration] = [
        .personal(
            "folders", people: ["user_id"],
            erasure: .statement(
                """
                DELETE FROM folders WHERE institution_id = $1 AND user_id = $2
                    AND ctid = ANY (ARRAY(
                        SELECT ctid FROM folders WHERE institution_id = $1 AND user_id = $2
                        ORDER BY depth DESC LIMIT $3))
                """)),
        .personal(
            "files", people: ["user_id", "owner_id"], others: ["replaced_by"],
            erasure: .keep("A course's files are its material; a user's own are gone by then.")),
        .personal(
            "content_usage", people: ["user_id"],
            erasure: .delete),
        .impersonal("content_policies"),
        .personal(
            "artifacts", people: ["user_id"],
            erasure: .keep("Gone by then, with their bytes."),
            institutionExport: .nothing("Exports that somebody asked for; gone within days.")),
    ]
}
