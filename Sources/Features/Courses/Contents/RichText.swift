import HTML
import JSON

/// Markup that somebody wrote, made safe before it is stored.
enum RichText {
    /// The safe form of what a member holds; the empty text for `null`.
    ///
    /// - Parameters:
    ///   - name: The member.
    ///   - fields: Where it stands.
    ///   - bytes: The largest text that is taken.
    /// - Returns: `nil` when the member is absent.
    /// - Throws: What names the member, for a text that is none or too large.
    static func optional(
        _ name: String, in fields: JSONFields, bytes: Int = HTMLLimits().bytes
    ) throws(FieldError) -> String? {
        guard let value = fields.object[name] else { return nil }
        if value.isNull { return "" }
        let text = try fields.string(name, max: bytes)
        var policy = HTMLPolicy()
        policy.limits.bytes = bytes
        do throws(HTMLError) {
            return try HTMLSanitizer.sanitize(text, policy: policy)
        } catch {
            throw fields.error(name, .other("is refused: \(error.message)"))
        }
    }
}
