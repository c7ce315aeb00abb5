/// What a password must be: long, and not the login.
package enum NewPassword {
    /// How many characters it has.
    package static let length = 10...1024

    /// What is wrong with a password, to follow "must …"; `nil` when nothing is.
    package static func fault(_ password: String, login: String) -> String? {
        guard length.contains(password.unicodeScalars.count) else {
            return "must have \(length.lowerBound) to \(length.upperBound) characters"
        }
        guard !password.utf8.contains(0) else { return "must not hold the character U+0000" }
        guard password.lowercased() != login.lowercased() else { return "must not be the login" }
        return nil
    }
}
