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
    /// The stored form of the password, which is good in the user's institution alone; `nil` for none.
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

    /// Whether a login may be stored: 1 to 255 characters, none of them a space, invisible, or a look-alike of another.
    package static func isLogin(_ text: String) -> Bool {
        (1...255).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { isPlain($0) }
    }

    /// Whether a character looks like itself alone: no blank, nothing that does not show, and no other width or style of a
    /// character that exists without (Unicode's NFKC_Casefold changes those).
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value > 0x20, !scalar.properties.isWhitespace else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: return false
        default: break
        }
        return scalar.properties.lowercaseMapping.unicodeScalars.allSatisfy {
            !$0.properties.changesWhenNFKCCaseFolded || $0.properties.changesWhenCaseFolded
        }
    }

    /// Whether a character shows: some letters and one pattern of Braille are as blank as a space.
    private static func shows(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .format
            && !scalar.properties.isDefaultIgnorableCodePoint && scalar.value != 0x2800
    }

    /// Whether a name may be stored: 1 to 255 characters, some of which show, none of them a control character or one that
    /// turns the direction of the text around it (Unicode's bidirectional controls).
    package static func isName(_ text: String) -> Bool {
        (1...255).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.generalCategory != .control && !(0x202A...0x202E).contains(scalar.value)
                    && !(0x2066...0x2069).contains(scalar.value)
            }
            && text.unicodeScalars.contains(where: shows)
    }
}
