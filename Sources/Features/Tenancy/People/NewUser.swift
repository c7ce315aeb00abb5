/// What is needed to make a user, and the person behind it where the login is new.
package struct NewUser: Hashable, Sendable {
    /// What the person signs in with, in all of its institutions; case does not count.
    package var login: String
    /// The name to show.
    package var name: String
    /// `nil` derives it from the name.
    package var sortableName: String?
    /// What the user is in the institution; may be empty.
    package var roles: Set<Role>
    /// The stored form of the password for a person that does not exist yet; a known person keeps its own.
    package var passwordHash: String?

    /// Describes a user to be made.
    package init(
        login: String, name: String, sortableName: String? = nil, roles: Set<Role>, passwordHash: String?
    ) {
        self.login = login
        self.name = name
        self.sortableName = sortableName
        self.roles = roles
        self.passwordHash = passwordHash
    }

    /// Whether a login may be stored: 1 to 255 characters, none of them a space or a control character.
    package static func isLogin(_ text: String) -> Bool {
        (1...255).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace
            }
    }

    /// Whether a name may be stored: 1 to 255 characters, none of them a control character.
    package static func isName(_ text: String) -> Bool {
        (1...255).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
