/// One parameter of a statement.
///
/// A `nil` inside a case is a null that still tells its type; arrays are for `unnest($1)` and `= ANY($1)` and
/// are sent in binary. The types are the server's widest: an `int4` column compares with and takes an
/// ``int(_:)`` as it is, where a function wants the narrower type, the SQL casts (`$1::int4`).
package enum PostgresValue: Hashable, Sendable {
    /// A null whose type the server infers.
    case null
    /// `int8`.
    case int(Int64?)
    /// Text whose type the server infers: also enums, `numeric`, `interval` and what else is written as text.
    ///
    /// A text with U+0000 cannot be stored and fails with ``PostgresError/encoding(_:)``.
    case text(String?)
    /// `bool`.
    case bool(Bool?)
    /// `float8`.
    case double(Double?)
    /// `bytea`.
    case bytes([UInt8]?)
    /// `timestamptz`, in milliseconds since 1970.
    case timestamp(milliseconds: Int64?)
    /// `uuid`.
    case uuid(PostgresUUID?)
    /// `jsonb`, as UTF-8 text; the server checks it.
    case json([UInt8]?)

    /// `int8[]` without nulls: the quick way.
    case intArray([Int64])
    /// `int8[]`.
    case nullableIntArray([Int64?])
    /// `text[]`.
    case textArray([String?])
    /// `bool[]`.
    case boolArray([Bool?])
    /// `float8[]`.
    case doubleArray([Double?])
    /// `bytea[]`.
    case bytesArray([[UInt8]?])
    /// `timestamptz[]`, in milliseconds since 1970.
    case timestampArray(milliseconds: [Int64?])
    /// `uuid[]`.
    case uuidArray([PostgresUUID?])
    /// `jsonb[]`, each as UTF-8 text.
    case jsonArray([[UInt8]?])

    /// The type that the statement is prepared with; `unspecified` lets the server infer it.
    var type: UInt32 {
        switch self {
        case .null, .text: TypeOID.unspecified
        case .int: TypeOID.int8
        case .bool: TypeOID.bool
        case .double: TypeOID.float8
        case .bytes: TypeOID.bytea
        case .timestamp: TypeOID.timestamptz
        case .uuid: TypeOID.uuid
        case .json: TypeOID.jsonb
        case .intArray, .nullableIntArray: TypeOID.int8Array
        case .textArray: TypeOID.textArray
        case .boolArray: TypeOID.boolArray
        case .doubleArray: TypeOID.float8Array
        case .bytesArray: TypeOID.byteaArray
        case .timestampArray: TypeOID.timestamptzArray
        case .uuidArray: TypeOID.uuidArray
        case .jsonArray: TypeOID.jsonbArray
        }
    }
}

extension String {
    /// Whether Postgres can store the text: everything but U+0000.
    ///
    /// Features ask this of input before it enters a batch that others share.
    package var isStorableInPostgres: Bool { !utf8.contains(0) }
}
