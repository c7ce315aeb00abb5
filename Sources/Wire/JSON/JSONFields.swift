/// The members of a request's object, taken out by name and checked, so that every complaint names its field.
///
/// A member that is absent is missing; a member that is `null` is missing too where it may be absent. Members that
/// nobody asks for are ignored, so that newer clients may say more.
///
///     let text = try fields.string("text", in: 1...4000)
///     let seconds = try fields.optionalInt("seconds", in: 5...3600)
///     for op in try fields.objects("ops", in: 1...100) { … try op.string("op", oneOf: ["add", "delete"]) … }
package struct JSONFields: Sendable {
    /// The largest integer that every JavaScript client can tell from its neighbours (2^53 − 1).
    package static let largestID: Int64 = 9_007_199_254_740_991

    /// The object itself.
    package let object: JSONObject
    /// The way to this object, as `ops[3].element`; empty for the outermost.
    package let path: String
    /// Whether `"5"` counts as 5 and `"true"` as true: so for forms, which hold nothing but strings, and for clients
    /// that write ids as strings because JavaScript's numbers end at 2^53.
    package let isLenient: Bool

    /// Wraps an object.
    package init(_ object: JSONObject, path: String = "", isLenient: Bool = false) {
        self.object = object
        self.path = path
        self.isLenient = isLenient
    }

    /// Wraps a value, which must be an object.
    package init(_ value: JSONValue, path: String = "", isLenient: Bool = false) throws(FieldError) {
        guard case .object(let object) = value else {
            throw FieldError(field: path, problem: .wrongKind(wanted: "an object"))
        }
        self.init(object, path: path, isLenient: isLenient)
    }

    /// The full way to a member of this object, as an error names it.
    package func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// An error that names a member of this object.
    package func error(_ name: String, _ problem: FieldError.Problem) -> FieldError {
        FieldError(field: path(of: name), problem: problem)
    }

    /// Whether the member is there and is not `null`.
    package func has(_ name: String) -> Bool { optionalValue(name) != nil }

    /// A member of any kind; `nil` when it is absent or `null`.
    package func optionalValue(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    /// A member of any kind, `null` included.
    package func value(_ name: String) throws(FieldError) -> JSONValue {
        guard let value = object[name] else { throw error(name, .missing) }
        return value
    }

    // MARK: - Objects and arrays

    /// A member that is an object.
    package func fields(_ name: String) throws(FieldError) -> JSONFields {
        try JSONFields(try value(name), path: path(of: name), isLenient: isLenient)
    }

    /// A member that is an object; `nil` when it is absent or `null`.
    package func optionalFields(_ name: String) throws(FieldError) -> JSONFields? {
        guard let value = optionalValue(name) else { return nil }
        return try JSONFields(value, path: path(of: name), isLenient: isLenient)
    }

    /// A member that is an array with as many items as `count` allows.
    package func array(_ name: String, in count: ClosedRange<Int>) throws(FieldError) -> [JSONValue] {
        guard let elements = try value(name).array else { throw error(name, .wrongKind(wanted: "an array")) }
        if elements.count > count.upperBound { throw error(name, .tooMany(count.upperBound)) }
        if elements.count < count.lowerBound { throw error(name, .tooFew(count.lowerBound)) }
        return elements
    }

    /// A member that is an array; `nil` when it is absent or `null`.
    package func optionalArray(_ name: String, in count: ClosedRange<Int>) throws(FieldError) -> [JSONValue]?
    {
        has(name) ? try array(name, in: count) : nil
    }

    /// A member that is an array of objects.
    package func objects(_ name: String, in count: ClosedRange<Int>) throws(FieldError) -> [JSONFields] {
        let elements = try array(name, in: count)
        var all: [JSONFields] = []
        all.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            all.append(try JSONFields(element, path: "\(path(of: name))[\(index)]", isLenient: isLenient))
        }
        return all
    }

    /// A member that is an array of objects; `nil` when it is absent or `null`.
    package func optionalObjects(
        _ name: String, in count: ClosedRange<Int>
    ) throws(FieldError) -> [JSONFields]? {
        has(name) ? try objects(name, in: count) : nil
    }

    /// A member that is an array of strings, each of a length that `length` allows.
    package func strings(
        _ name: String, in count: ClosedRange<Int>, each length: ClosedRange<Int>
    ) throws(FieldError) -> [String] {
        let elements = try array(name, in: count)
        var all: [String] = []
        all.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            all.append(try Self.string(element, length, at: "\(path(of: name))[\(index)]"))
        }
        return all
    }

    /// A member that is an array of ids.
    package func ids(_ name: String, in count: ClosedRange<Int>) throws(FieldError) -> [Int64] {
        let elements = try array(name, in: count)
        var all: [Int64] = []
        all.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let id = idValue(element) else {
                throw FieldError(field: "\(path(of: name))[\(index)]", problem: .wrongKind(wanted: "an id"))
            }
            all.append(id)
        }
        return all
    }

    /// A member that is an array of numbers within `bounds`.
    package func doubles(
        _ name: String, in count: ClosedRange<Int>, each bounds: ClosedRange<Double>
    ) throws(FieldError) -> [Double] {
        let elements = try array(name, in: count)
        var all: [Double] = []
        all.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            all.append(try double(element, bounds, at: "\(path(of: name))[\(index)]"))
        }
        return all
    }
}
