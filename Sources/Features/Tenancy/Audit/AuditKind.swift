/// What an event of the audit log is about: stable names, which programs filter by.
///
/// Those that a trigger writes stand in the migration of the audit log; a feature adds its own as an extension.
package struct AuditKind: RawRepresentable, Hashable, Sendable {
    /// The name: words in lower case, joined by underscores, groups by dots.
    package let rawValue: String

    /// Names a kind; traps for what the table would refuse.
    package init(rawValue: String) {
        precondition(AuditKind.isName(rawValue), "\(rawValue) is no kind of event")
        self.rawValue = rawValue
    }

    /// Whether a text may be a kind's name.
    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
                word.utf8.first.map { $0 != UInt8(ascii: "_") } ?? false
                    && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
            }
    }

    /// Somebody signed in: by `password`, by changing the institution (`change`) or by `oidc`.
    package static let signInSucceeded = AuditKind(rawValue: "sign_in.succeeded")
    /// Somebody tried to be a user of the institution.
    package static let signInFailed = AuditKind(rawValue: "sign_in.failed")
    /// A session was ended by its user, or `replaced` by the next one.
    package static let signOut = AuditKind(rawValue: "sign_out")
    /// Sessions were ended from elsewhere.
    package static let sessionRevoked = AuditKind(rawValue: "session.revoked")
    /// What an access token may do, or how long, was changed.
    package static let tokenChanged = AuditKind(rawValue: "token.changed")
}
