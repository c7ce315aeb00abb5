/// What one table is to people's privacy: whom its rows name, what an export holds of it, what an erasure does with it.
///
/// Every feature declares its tables beside its migrations; exports and erasures are driven by these values alone, and a
/// test that walks the schema fails for a table, or a column that names a person, which nobody has declared.
package struct TableDeclaration: Hashable, Sendable {
    /// What erasing a person does to the rows that name them.
    ///
    /// The user's own row stays as a pseudonym: an id without a name. A column that holds the id is therefore no personal data
    /// once the erasure is over.
    package enum Erasure: Hashable, Sendable {
        /// The rows go.
        case delete
        /// The rows stay, with these expressions in their columns; doing it again changes nothing.
        case blank([Change])
        /// The rows stay as they are, for this reason.
        case keep(String)
        /// A statement of its own: `$1` institution, `$2` user, `$3` the most rows; it is repeated until it changes nothing. One
        /// that changes several tables gives how many rows as its only column: see ``TableDeclaration/erased(_:)``.
        case statement(String)
    }

    /// A column and what an erasure writes into it.
    package struct Change: Hashable, Sendable {
        package let column: String
        /// An SQL expression over the row.
        package let expression: String

        package init(_ column: String, _ expression: String) {
            self.column = column
            self.expression = expression
        }
    }

    /// What the export of a whole institution holds of a table.
    package enum InstitutionExport: Hashable, Sendable {
        /// All rows that are the institution's.
        case rows
        /// Nothing, for this reason.
        case nothing(String)
    }

    /// The table.
    package let table: String
    /// The columns that name a user (or, in global tables, a person).
    package let people: [String]
    /// Columns that look like it and name something else.
    package let others: [String]
    /// Which rows an export of one person holds, and an erasure is about, by `$1` institution and `$2` user.
    package let condition: String?
    /// Columns that no export holds: what opens doors, and what is nobody's data.
    package let secrets: [String]
    /// Columns that an export of one person shows only in rows of which a condition over `$2` is true.
    package let guarded: [Change]
    package let erasure: Erasure
    package let institutionExport: InstitutionExport

    private init(
        _ table: String, people: [String], others: [String], condition: String?, secrets: [String],
        guarded: [Change], erasure: Erasure, institutionExport: InstitutionExport
    ) {
        self.table = table
        self.people = people
        self.others = others
        self.condition = condition
        self.secrets = secrets
        self.guarded = guarded
        self.erasure = erasure
        self.institutionExport = institutionExport
    }

    /// A table whose rows name people.
    ///
    /// - Parameters:
    ///   - table: Its name.
    ///   - people: The columns that name users; an export of one person holds the rows in which any of them does.
    ///   - others: Columns that look like it and are not.
    ///   - condition: Which rows those are, where the columns alone do not say it.
    ///   - secrets: Columns that no export holds.
    ///   - guarded: Columns with the condition under which the export of one person shows them.
    ///   - erasure: What becomes of the rows.
    ///   - institutionExport: What the export of an institution holds.
    /// - Returns: The declaration.
    package static func personal(
        _ table: String, people: [String], others: [String] = [], condition: String? = nil,
        secrets: [String] = [], guarded: [Change] = [], erasure: Erasure,
        institutionExport: InstitutionExport = .rows
    ) -> TableDeclaration {
        precondition(!people.isEmpty, "\(table) names nobody")
        return TableDeclaration(
            table, people: people, others: others,
            condition: condition ?? people.map { "\($0) = $2" }.joined(separator: " OR "), secrets: secrets,
            guarded: guarded, erasure: erasure, institutionExport: institutionExport)
    }

    /// A table whose rows name nobody.
    ///
    /// - Parameters:
    ///   - table: Its name.
    ///   - others: Columns that look as if they named somebody.
    ///   - secrets: Columns that no export holds.
    ///   - erasure: What becomes of rows that may hold something of a person all the same.
    ///   - institutionExport: What the export of an institution holds.
    /// - Returns: The declaration.
    package static func impersonal(
        _ table: String, others: [String] = [], secrets: [String] = [],
        erasure: Erasure = .keep("names nobody"), institutionExport: InstitutionExport = .rows
    ) -> TableDeclaration {
        TableDeclaration(
            table, people: [], others: others, condition: nil, secrets: secrets, guarded: [],
            erasure: erasure, institutionExport: institutionExport)
    }

    /// A table that no institution's transaction reaches: what is in it of a person is dealt with by a function, for this
    /// reason.
    package static func global(_ table: String, people: [String] = [], _ reason: String) -> TableDeclaration {
        TableDeclaration(
            table, people: people, others: [], condition: nil, secrets: [], guarded: [],
            erasure: .keep(reason), institutionExport: .nothing(reason))
    }
}

extension TableDeclaration {
    /// Rows that one statement of an erasure changes at most.
    package static let mostRows: Int64 = 1000

    /// What erases a person's rows, called with `$1` institution, `$2` user, `$3` ``mostRows`` until it changes fewer; `nil`
    /// where rows are kept.
    package var erasing: Statement? {
        switch erasure {
        case .keep: return nil
        case .statement(let sql): return Statement(sql)
        case .delete:
            return Statement(
                "DELETE FROM \(table) WHERE institution_id = $1 AND ctid = ANY (\(chosen(unless: "")))")
        case .blank(let changes):
            let columns = changes.map(\.column).joined(separator: ", ")
            let values = changes.map(\.expression).joined(separator: ", ")
            let set = changes.map { "\($0.column) = \($0.expression)" }.joined(separator: ", ")
            let isOpen = " AND ROW (\(columns)) IS DISTINCT FROM ROW (\(values))"
            return Statement(
                "UPDATE \(table) SET \(set) WHERE institution_id = $1 AND ctid = ANY (\(chosen(unless: isOpen)))"
            )
        }
    }

    /// How many rows a statement of an erasure has changed.
    ///
    /// - Throws: ``PostgresError`` for a column that is no number.
    package static func erased(_ rows: Rows) throws(PostgresError) -> Int64 {
        guard let row = rows.first else { return Int64(rows.affected) }
        return try row.int(0)
    }

    private func chosen(unless isOpen: String) -> String {
        "ARRAY(SELECT ctid FROM \(table) WHERE institution_id = $1 AND (\(condition ?? "false"))\(isOpen) LIMIT $3)"
    }
}
