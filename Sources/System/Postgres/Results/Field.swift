/// The bytes of one value that is not null, with its type; readers give `nil` for what does not fit.
struct Field {
    let bytes: UnsafeRawBufferPointer
    let type: UInt32
    let isBinary: Bool
    let storage: RowStorage
    let column: Int

    /// The value, or an error that names the column.
    func require<Value>(_ value: Value?, _ expected: String) throws(PostgresError) -> Value {
        guard let value else {
            throw .decoding(.init(column: storage.name(column), expected: expected, type: type))
        }
        return value
    }

    private func load<Number: FixedWidthInteger>(_ kind: Number.Type, at offset: Int = 0) -> Number? {
        guard bytes.count >= offset + MemoryLayout<Number>.size else { return nil }
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    private var string: String { String(decoding: bytes, as: UTF8.self) }

    func integer() -> Int64? {
        guard isBinary else { return Int64(string) }
        switch type {
        case TypeOID.int8 where bytes.count == 8: return load(Int64.self)
        case TypeOID.int4 where bytes.count == 4: return load(Int32.self).map(Int64.init)
        case TypeOID.int2 where bytes.count == 2: return load(Int16.self).map(Int64.init)
        case TypeOID.oid where bytes.count == 4: return load(UInt32.self).map(Int64.init)
        default: return nil
        }
    }

    func double() -> Double? {
        guard isBinary else { return Double(string) }
        switch type {
        case TypeOID.float8 where bytes.count == 8: return load(UInt64.self).map(Double.init(bitPattern:))
        case TypeOID.float4 where bytes.count == 4:
            return load(UInt32.self).map { Double(Float(bitPattern: $0)) }
        case TypeOID.numeric: return NumericText.decode(bytes).flatMap { Double($0) }
        default: return integer().map(Double.init)
        }
    }

    func bool() -> Bool? {
        guard bytes.count == 1 else { return nil }
        guard isBinary else {
            return bytes[0] == UInt8(ascii: "t") ? true : bytes[0] == UInt8(ascii: "f") ? false : nil
        }
        return type == TypeOID.bool ? bytes[0] != 0 : nil
    }

    func timestamp() -> Int64? {
        guard isBinary, bytes.count == 8, type == TypeOID.timestamptz || type == TypeOID.timestamp else {
            return nil
        }
        return load(Int64.self).map(PostgresTimestamp.milliseconds)
    }

    func uuid() -> PostgresUUID? {
        guard isBinary else { return PostgresUUID(string) }
        guard type == TypeOID.uuid, bytes.count == 16, let high = load(UInt64.self),
            let low = load(UInt64.self, at: 8)
        else { return nil }
        return PostgresUUID(high: high, low: low)
    }

    func text() -> String? {
        guard isBinary else { return string }
        switch type {
        case TypeOID.uuid: return uuid()?.description
        case TypeOID.numeric: return NumericText.decode(bytes)
        case TypeOID.bytea: return nil
        default: return content().map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The bytes of what is bytes or text; `nil` for the binary forms of numbers and the like.
    func content() -> UnsafeRawBufferPointer? {
        guard isBinary else { return type == TypeOID.bytea ? nil : bytes }
        switch type {
        case TypeOID.bytea, TypeOID.text, TypeOID.varchar, TypeOID.bpchar, TypeOID.name, TypeOID.json:
            return bytes
        case TypeOID.jsonb:
            // `jsonb_send` puts a version before the text; 1 is the only one there is.
            guard bytes.first == 1 else { return nil }
            return UnsafeRawBufferPointer(rebasing: bytes[1...])
        // Types made by CREATE TYPE and extensions (enums, citext): their binary form is their text.
        case 16384...: return bytes
        // `unknown`, the type of a literal that nothing gave a type.
        case 705: return bytes
        default: return nil
        }
    }

    /// Walks a one-dimensional array (the binary form of `array_send`); stops when `body` gives `false`.
    ///
    /// - Returns: Whether the whole array was well formed and walked.
    func forEachElement(reserve: (Int) -> Void, _ body: (Field?) -> Bool) -> Bool {
        guard isBinary, let dimensions = load(Int32.self), let element = load(UInt32.self, at: 8) else {
            return false
        }
        if dimensions == 0 { return bytes.count == 12 }
        guard dimensions == 1, let count = load(Int32.self, at: 12), count >= 0, Int(count) * 4 <= bytes.count
        else {
            return false
        }
        reserve(Int(count))
        var offset = 20
        for _ in 0..<count {
            guard let length = load(Int32.self, at: offset).map(Int.init) else { return false }
            offset += 4
            guard length >= 0 else {
                guard body(nil) else { return false }
                continue
            }
            guard offset + length <= bytes.count else { return false }
            let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            let field = Field(bytes: part, type: element, isBinary: true, storage: storage, column: column)
            guard body(field) else { return false }
            offset += length
        }
        return offset == bytes.count
    }
}
