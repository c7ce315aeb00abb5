package import Postgres

/// What this feature's tables are to people's privacy.
package enum ClassroomTables {
    /// All of them.
    ///
    /// A board's stored states are made from the log: those of classes whose log holds something of the person go, and are
    /// made anew from what is left of it.
    package static let all: [TableDeclaration] = [
        .personal(
            "live_classes", people: ["created_by"], erasure: .keep("The institution's record of its classes.")
        ),
        .impersonal(
            "board_snapshots",
            erasure: .statement(
                """
                DELETE FROM board_snapshots WHERE institution_id = $1
                    AND ctid = ANY (ARRAY(
                        SELECT s.ctid FROM board_snapshots s WHERE s.institution_id = $1 AND EXISTS (
                            SELECT 1 FROM live_events e
                            WHERE e.institution_id = $1 AND e.channel = 'board:' || s.class_id AND e.author = $2)
                        LIMIT $3))
                """)),
    ]
}
