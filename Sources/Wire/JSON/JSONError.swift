/// Why a text is not JSON as RFC 8259 has it, and where.
package struct JSONError: Error, Hashable, Sendable {
    /// What is wrong with the text.
    package enum Problem: Hashable, Sendable {
        /// The text ends before the value does.
        case unexpectedEnd
        /// Something that begins no value stands where a value must.
        case expectedValue
        /// A member of an object does not begin with a name in quotes.
        case expectedName
        /// No colon follows a member's name.
        case expectedColon
        /// Neither a comma nor the closing bracket follows a member or an element.
        case expectedComma
        /// Something other than white space follows the value.
        case trailingData
        /// A word that is not `true`, `false` or `null`.
        case badLiteral
        /// A number that RFC 8259 §6 does not allow, as with leading zeros or without digits.
        case badNumber
        /// A control character (below U+0020) in a string, which must be escaped.
        case controlCharacter
        /// A backslash followed by what is not an escape of RFC 8259 §7.
        case badEscape
        /// Half of a UTF-16 surrogate pair, which stands for no character.
        case loneSurrogate
        /// Bytes that are not UTF-8.
        case badUTF8
        /// Two members of one object bear the same name.
        case duplicateName
        /// More arrays and objects inside one another than the reader allows.
        case tooDeep
        /// The value is valid but of another kind than the caller can take.
        case unexpectedKind
    }

    /// What is wrong.
    package let problem: Problem
    /// Where it was noticed, in bytes from the beginning of the text.
    package let offset: Int

    /// Makes an error at `offset` bytes from the beginning of the text.
    package init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// A sentence without a full stop that may be shown to the sender: it holds nothing of the text itself.
    package var message: String {
        let what =
            switch problem {
            case .unexpectedEnd: "the text ends too early"
            case .expectedValue: "a value is expected"
            case .expectedName: "a name in double quotes is expected"
            case .expectedColon: "a colon is expected"
            case .expectedComma: "a comma or a closing bracket is expected"
            case .trailingData: "something follows the end of the value"
            case .badLiteral: "a bare word must be true, false or null"
            case .badNumber: "a number is malformed"
            case .controlCharacter: "a control character is not escaped"
            case .badEscape: "an escape sequence is malformed"
            case .loneSurrogate: "an escape names half of a surrogate pair"
            case .badUTF8: "a string is not valid UTF-8"
            case .duplicateName: "an object has two members of one name"
            case .tooDeep: "arrays and objects are nested too deeply"
            case .unexpectedKind: "a value is of the wrong kind"
            }
        return "malformed JSON: \(what) (byte \(offset))"
    }
}
