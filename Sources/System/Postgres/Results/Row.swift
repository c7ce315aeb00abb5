/// One row of ``Rows``; columns are counted from 0, in the order of the statement.
///
/// Every reader throws ``PostgresError/decoding(_:)``, which names the column, for a null where none is
/// expected, a column that does not exist, and a type that the reader does not know; the `…OrNil` readers
/// give `nil` for a null.
package struct Row: Sendable {
    let storage: RowStorage
    let number: Int

    /// Whether the value is null.
    package func isNull(_ column: Int) throws(PostgresError) -> Bool { try field(column) == nil }

    /// The place of a column by its name; ask once per result, not per row.
    package func column(_ name: String) throws(PostgresError) -> Int {
        guard let place = storage.column(named: name) else {
            throw .decoding(.init(column: name, expected: "a column of the result", type: 0))
        }
        return place
    }

    // MARK: Numbers

    /// An `int8`, `int4`, `int2` or `oid`.
    package func int(_ column: Int) throws(PostgresError) -> Int64 {
        try required(column, intOrNil(column), "an integer")
    }

    /// An `int8`, `int4`, `int2` or `oid`.
    package func intOrNil(_ column: Int) throws(PostgresError) -> Int64? {
        guard let field = try field(column) else { return nil }
        return try field.require(field.integer(), "an integer")
    }

    /// A `float8`, `float4`, `numeric` (rounded to the nearest double) or integer.
    package func double(_ column: Int) throws(PostgresError) -> Double {
        try required(column, doubleOrNil(column), "a number")
    }

    /// A `float8`, `float4`, `numeric` (rounded to the nearest double) or integer.
    package func doubleOrNil(_ column: Int) throws(PostgresError) -> Double? {
        guard let field = try field(column) else { return nil }
        return try field.require(field.double(), "a number")
    }

    /// A `bool`.
    package func bool(_ column: Int) throws(PostgresError) -> Bool {
        try required(column, boolOrNil(column), "a bool")
    }

    /// A `bool`.
    package func boolOrNil(_ column: Int) throws(PostgresError) -> Bool? {
        guard let field = try field(column) else { return nil }
        return try field.require(field.bool(), "a bool")
    }

    /// A `timestamptz` or `timestamp` in milliseconds since 1970, rounded down.
    package func timestampMilliseconds(_ column: Int) throws(PostgresError) -> Int64 {
        try required(column, timestampMillisecondsOrNil(column), "a timestamp")
    }

    /// A `timestamptz` or `timestamp` in milliseconds since 1970, rounded down.
    package func timestampMillisecondsOrNil(_ column: Int) throws(PostgresError) -> Int64? {
        guard let field = try field(column) else { return nil }
        return try field.require(field.timestamp(), "a timestamp")
    }

    // MARK: Text and bytes

    /// Text of any kind, also an enum's label, `json`, `jsonb`, `uuid` and `numeric`.
    package func text(_ column: Int) throws(PostgresError) -> String {
        try required(column, textOrNil(column), "a text")
    }

    /// Text of any kind, also an enum's label, `json`, `jsonb`, `uuid` and `numeric`.
    package func textOrNil(_ column: Int) throws(PostgresError) -> String? {
        guard let field = try field(column) else { return nil }
        return try field.require(field.text(), "a text")
    }

    /// A `uuid`.
    package func uuid(_ column: Int) throws(PostgresError) -> PostgresUUID {
        try required(column, uuidOrNil(column), "a uuid")
    }

    /// A `uuid`.
    package func uuidOrNil(_ column: Int) throws(PostgresError) -> PostgresUUID? {
        guard let field = try field(column) else { return nil }
        return try field.require(field.uuid(), "a uuid")
    }

    /// The bytes of a `bytea`, a text, or a `json` or `jsonb` text.
    package func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
        try required(column, bytesOrNil(column), "bytes")
    }

    /// The bytes of a `bytea`, a text, or a `json` or `jsonb` text.
    package func bytesOrNil(_ column: Int) throws(PostgresError) -> [UInt8]? {
        guard let field = try field(column) else { return nil }
        return Array(try field.require(field.content(), "bytes"))
    }

    /// Hands the bytes of a `bytea`, a text, or a `json` or `jsonb` text to `body` where they lie, without a
    /// copy.
    ///
    /// The span is empty for a null.
    package func withBytes<Result>(
        _ column: Int, _ body: (RawSpan) throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        let content = try field(column).map { field throws(PostgresError) in
            try field.require(field.content(), "bytes")
        }
        let result: Swift.Result<Result, PostgresError>
        do {
            result = .success(try body((content ?? UnsafeRawBufferPointer(start: nil, count: 0)).bytes))
        } catch {
            result = .failure(error)
        }
        // The span lies in the storage's memory.
        withExtendedLifetime(storage) {}
        return try result.get()
    }

    // MARK: Arrays

    /// An `int8[]`, `int4[]` or `int2[]` without nulls.
    package func intArray(_ column: Int) throws(PostgresError) -> [Int64] {
        try array(column, "an array of integers") { $0.integer() }
    }

    /// A `text[]`, or an array of another textual type, without nulls.
    package func textArray(_ column: Int) throws(PostgresError) -> [String] {
        try array(column, "an array of texts") { $0.text() }
    }

    /// A `bool[]` without nulls.
    package func boolArray(_ column: Int) throws(PostgresError) -> [Bool] {
        try array(column, "an array of bools") { $0.bool() }
    }

    /// A `float8[]`, `float4[]` or `numeric[]` without nulls.
    package func doubleArray(_ column: Int) throws(PostgresError) -> [Double] {
        try array(column, "an array of numbers") { $0.double() }
    }

    /// A `timestamptz[]` without nulls, in milliseconds since 1970.
    package func timestampArray(_ column: Int) throws(PostgresError) -> [Int64] {
        try array(column, "an array of timestamps") { $0.timestamp() }
    }

    /// A `bytea[]` or `jsonb[]` without nulls.
    package func bytesArray(_ column: Int) throws(PostgresError) -> [[UInt8]] {
        try array(column, "an array of bytes") { $0.content().map { Array($0) } }
    }

    /// An `int8[]`, `int4[]` or `int2[]` that may hold nulls.
    package func nullableIntArray(_ column: Int) throws(PostgresError) -> [Int64?] {
        try nullableArray(column, "an array of integers") { $0.integer() }
    }

    /// A `text[]`, or an array of another textual type, that may hold nulls.
    package func nullableTextArray(_ column: Int) throws(PostgresError) -> [String?] {
        try nullableArray(column, "an array of texts") { $0.text() }
    }

    // MARK: How

    private func field(_ column: Int) throws(PostgresError) -> Field? {
        guard storage.columns.indices.contains(column) else {
            throw .decoding(.init(column: "#\(column)", expected: "a column of the result", type: 0))
        }
        guard let bytes = storage.bytes(row: number, column: column) else { return nil }
        let kind = storage.columns[column]
        return Field(bytes: bytes, type: kind.type, isBinary: kind.isBinary, storage: storage, column: column)
    }

    private func required<Value>(_ column: Int, _ value: Value?, _ expected: String) throws(PostgresError)
        -> Value
    {
        guard let value else {
            throw .decoding(
                .init(
                    column: storage.name(column), expected: "\(expected), but null",
                    type: storage.columns[column].type))
        }
        return value
    }

    private func array<Element>(
        _ column: Int, _ expected: String, _ read: (Field) -> Element?
    ) throws(PostgresError) -> [Element] {
        guard let field = try field(column) else { return try required(column, nil, expected) }
        var values: [Element] = []
        let isWhole = field.forEachElement(reserve: { values.reserveCapacity($0) }) { element in
            guard let element, let value = read(element) else { return false }
            values.append(value)
            return true
        }
        return try field.require(isWhole ? values : nil, expected)
    }

    private func nullableArray<Element>(
        _ column: Int, _ expected: String, _ read: (Field) -> Element?
    ) throws(PostgresError) -> [Element?] {
        guard let field = try field(column) else { return try required(column, nil, expected) }
        var values: [Element?] = []
        let isWhole = field.forEachElement(reserve: { values.reserveCapacity($0) }) { element in
            guard let element else {
                values.append(nil)
                return true
            }
            guard let value = read(element) else { return false }
            values.append(value)
            return true
        }
        return try field.require(isWhole ? values : nil, expected)
    }
}
