package import JSON

/// Fields as Canvas's clients write them.
extension JSONFields {
    /// A member that is a time, in milliseconds since 1970: ISO 8601 with an offset or `Z`, or a day alone, which begins
    /// at midnight UTC.
    package func time(_ name: String) throws(FieldError) -> Int64 {
        let text = try string(name, in: 1...40)
        guard let time = ISO8601.milliseconds(text.utf8.count == 10 ? text + "T00:00:00Z" : text) else {
            throw error(name, .other("must be a time such as 2026-11-22T10:00:00Z"))
        }
        return time
    }

    /// A change of a time that may be taken away: `nil` when the member is absent, `.some(nil)` when it is `null` or
    /// empty.
    package func timeChange(_ name: String) throws(FieldError) -> Int64?? {
        guard let value = object[name] else { return .none }
        if value.isNull || value.string == "" { return .some(nil) }
        return .some(try time(name))
    }

    /// A change of a text that may be taken away: `nil` when the member is absent, `.some(nil)` when it is `null` or
    /// empty.
    package func textChange(_ name: String, max: Int) throws(FieldError) -> String?? {
        guard let value = object[name] else { return .none }
        if value.isNull || value.string == "" { return .some(nil) }
        return .some(try string(name, max: max))
    }

    /// A change of a language's name that may be taken away; see ``textChange(_:max:)``.
    package func localeChange(_ name: String) throws(FieldError) -> String?? {
        let change = try textChange(name, max: LocaleName.longest)
        if let locale = change ?? nil, !LocaleName.isWellFormed(locale) {
            throw error(name, .other("must be a language such as de or pt-BR"))
        }
        return change
    }

    /// The members of the object of that name, as forms write them (`course[name]=…`); of this object where there is no
    /// such member, as some scripts write.
    package func unwrapped(_ name: String) throws(FieldError) -> JSONFields {
        try optionalFields(name) ?? self
    }

    /// The values of a list that may also be written as one value.
    package func texts(_ name: String, atMost count: Int, each length: Int = 255) throws(FieldError)
        -> [String]
    {
        guard has(name) else { return [] }
        if let one = optionalValue(name)?.string { return [one] }
        return try strings(name, in: 0...count, each: 0...length)
    }
}
