package import Postgres

/// Why the directory did not make or find something.
package enum DirectoryError: Error, Equatable, Sendable {
    /// A value that cannot be stored: the field, and a sentence that says what it must be.
    case invalid(field: String, String)
    /// A user with this login exists in the institution.
    case loginTaken(String)
    /// No institution has this id.
    case unknownInstitution
    /// No user of the institution has this id.
    case unknownUser
    /// The database's part; see there whether anything was changed.
    case database(PostgresError)
}

extension DirectoryError {
    /// Reads what a violated constraint says; everything else stays the database's.
    static func reading(_ error: PostgresError, login: String?) -> DirectoryError {
        switch (error.state, error.constraint) {
        case (.uniqueViolation?, "users_one_per_person"?): .loginTaken(login ?? "")
        case (.foreignKeyViolation?, "users_institution_id_fkey"?): .unknownInstitution
        case (.foreignKeyViolation?, _): .unknownUser
        default: .database(error)
        }
    }
}
