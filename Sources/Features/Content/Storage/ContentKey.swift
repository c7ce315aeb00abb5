import Postgres
package import Tenancy

/// Where content lies in a storage: the institution first, then what it is.
///
/// The name is made from the content (SHA-256), so equal files of an institution are stored once, what is stored never
/// changes, and nothing that a user writes becomes part of a path.
package struct ContentKey: Hashable, Sendable, CustomStringConvertible {
    /// Whose content it is.
    package let institution: InstitutionID
    /// SHA-256 in 64 lower-case hexadecimal digits.
    package let sha256: String

    /// Names content; `nil` when the digest is none.
    package init?(institution: InstitutionID, sha256: String) {
        guard sha256.utf8.count == 64,
            sha256.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.institution = institution
        self.sha256 = sha256
    }

    /// `17/ab/cd/abcd…`: folders of at most 256 entries below an institution's own.
    package var path: String { "\(folder)/\(sha256)" }

    /// The folder of the path.
    package var folder: String {
        "\(institution.rawValue)/\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))"
    }

    package var description: String { path }
}
