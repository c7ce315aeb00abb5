import JSON
import Tenancy

/// Members that are names of things.
extension JSONFields {
    /// A member that is a title: 1 to 255 characters, not blanks alone, none of them a control character.
    func title(_ name: String) throws(FieldError) -> String {
        let text = try string(name, in: 1...255)
        guard NewUser.isName(text) else {
            throw error(name, .other("must have letters and no control characters"))
        }
        return text
    }

    /// A member that is a title; `nil` when it is absent or `null`.
    func optionalTitle(_ name: String) throws(FieldError) -> String? { has(name) ? try title(name) : nil }
}
