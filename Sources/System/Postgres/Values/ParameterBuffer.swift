import Glibc

/// Encoded parameters of a batch, one after the other in memory that is used again for the next batch.
struct ParameterBuffer: ~Copyable {
    /// Where one parameter lies and how libpq is to send it.
    struct Slot {
        /// -1 for a null.
        var offset: Int
        var length: CInt
        var format: CInt
        var type: UInt32
    }

    private(set) var slots: [Slot] = []
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var count = 0

    /// Memory kept between batches; a larger batch's memory is given back.
    private static let keptCapacity = 1 << 20

    init() {
        capacity = 4096
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// Forgets what was encoded.
    mutating func reset() {
        slots.removeAll(keepingCapacity: true)
        count = 0
        guard capacity > ParameterBuffer.keptCapacity else { return }
        base.deallocate()
        capacity = 4096
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    /// The encoded bytes of a parameter, valid until the next change; `nil` for a null.
    func pointer(_ slot: Slot) -> UnsafePointer<CChar>? {
        guard slot.offset >= 0 else { return nil }
        return UnsafePointer((base + slot.offset).assumingMemoryBound(to: CChar.self))
    }

    /// Encodes one parameter behind the others.
    ///
    /// - Throws: ``PostgresError/encoding(_:)`` for a text that cannot be stored or a value beyond 1 GB.
    mutating func append(_ value: PostgresValue) throws(PostgresError) {
        let start = count
        let type = value.type
        var format: CInt = 1
        let isNull: Bool
        switch value {
        case .null: isNull = true
        case .int(let value): isNull = value.map { put($0) } == nil
        case .bool(let value): isNull = value.map { put(UInt8($0 ? 1 : 0)) } == nil
        case .double(let value): isNull = value.map { put($0.bitPattern) } == nil
        case .bytes(let value): isNull = value.map { put($0) } == nil
        case .timestamp(let value): isNull = value.map { put(PostgresTimestamp.microseconds($0)) } == nil
        case .uuid(let value): isNull = value.map { put($0) } == nil
        case .json(let value): isNull = value.map { putJSON($0) } == nil
        case .text(let value):
            format = 0
            if let value {
                try putText(value)
                put(UInt8(0))
            }
            isNull = value == nil
        default:
            isNull = false
            try appendArray(value)
        }
        guard count - start < 1 << 30 else { throw .encoding("a parameter is larger than 1 GB") }
        let length = CInt(count - start - (format == 0 && !isNull ? 1 : 0))
        slots.append(Slot(offset: isNull ? -1 : start, length: length, format: format, type: type))
    }

    // MARK: Arrays: the binary form of `array_send` in the server's arrayfuncs.c

    private mutating func appendArray(_ value: PostgresValue) throws(PostgresError) {
        switch value {
        case .intArray(let values): putIntegers(values)
        case .nullableIntArray(let values):
            try putArray(values, of: TypeOID.int8) { buffer, value throws(PostgresError) in buffer.put(value)
            }
        case .textArray(let values):
            try putArray(values, of: TypeOID.text) { buffer, value throws(PostgresError) in
                try buffer.putText(value)
            }
        case .boolArray(let values):
            try putArray(values, of: TypeOID.bool) { buffer, value throws(PostgresError) in
                buffer.put(UInt8(value ? 1 : 0))
            }
        case .doubleArray(let values):
            try putArray(values, of: TypeOID.float8) { buffer, value throws(PostgresError) in
                buffer.put(value.bitPattern)
            }
        case .bytesArray(let values):
            try putArray(values, of: TypeOID.bytea) { buffer, value throws(PostgresError) in buffer.put(value)
            }
        case .timestampArray(let values):
            try putArray(values, of: TypeOID.timestamptz) { buffer, value throws(PostgresError) in
                buffer.put(PostgresTimestamp.microseconds(value))
            }
        case .uuidArray(let values):
            try putArray(values, of: TypeOID.uuid) { buffer, value throws(PostgresError) in buffer.put(value)
            }
        case .jsonArray(let values):
            try putArray(values, of: TypeOID.jsonb) { buffer, value throws(PostgresError) in
                buffer.putJSON(value)
            }
        case .null, .int, .text, .bool, .double, .bytes, .timestamp, .uuid, .json: break
        }
    }

    private mutating func putHeader(count: Int, hasNulls: Bool, element: UInt32) {
        put(Int32(count == 0 ? 0 : 1))
        put(Int32(hasNulls ? 1 : 0))
        put(element)
        guard count > 0 else { return }
        put(Int32(truncatingIfNeeded: count))
        put(Int32(1))
    }

    /// Twelve bytes per element, written without asking for room each time.
    private mutating func putIntegers(_ values: [Int64]) {
        putHeader(count: values.count, hasNulls: false, element: TypeOID.int8)
        reserve(12 * values.count)
        var place = base + count
        for value in values {
            place.storeBytes(of: Int32(8).bigEndian, as: Int32.self)
            (place + 4).storeBytes(of: value.bigEndian, as: Int64.self)
            place += 12
        }
        count += 12 * values.count
    }

    private mutating func putArray<Element>(
        _ values: [Element?], of element: UInt32,
        _ body: (inout ParameterBuffer, Element) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        let hasNulls = values.contains { $0 == nil }
        putHeader(count: values.count, hasNulls: hasNulls, element: element)
        for value in values {
            guard let value else {
                put(Int32(-1))
                continue
            }
            let start = count
            put(Int32(0))
            try body(&self, value)
            let length = Int32(truncatingIfNeeded: count - start - 4)
            (base + start).storeBytes(of: length.bigEndian, as: Int32.self)
        }
    }

    // MARK: Single values

    private mutating func reserve(_ extra: Int) {
        guard count + extra > capacity else { return }
        let larger = max(capacity * 2, count + extra)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    private mutating func put<Number: FixedWidthInteger>(_ value: Number) {
        reserve(MemoryLayout<Number>.size)
        (base + count).storeBytes(of: value.bigEndian, as: Number.self)
        count += MemoryLayout<Number>.size
    }

    private mutating func put(_ value: PostgresUUID) {
        put(value.high)
        put(value.low)
    }

    private mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { put($0) }
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count)
        (base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// The version byte of `jsonb_recv`, then the text.
    private mutating func putJSON(_ text: [UInt8]) {
        put(UInt8(1))
        put(text)
    }

    private mutating func putText(_ text: String) throws(PostgresError) {
        let start = count
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
        guard count == start || memchr(base + start, 0, count - start) == nil else {
            throw .encoding("a text holds U+0000")
        }
    }
}
