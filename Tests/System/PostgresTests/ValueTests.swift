import Postgres
import TestKit
import Testing

struct `Values` {
    @Test func `come back as they were sent`() async throws {
        try await withPool { pool, _ in
            let uuid = try #require(PostgresUUID("01234567-89ab-cdef-FEDC-ba9876543210"))
            let rows = try await pool.query(
                """
                SELECT $1 AS a, $2::text AS b, $3 AS c, $4 AS d, $5 AS e, $6 AS f, $7 AS g, $8 AS h
                """,
                [
                    .int(-5), .text("grüße\n🎓"), .bool(true), .double(-0.125), .bytes([0, 255, 1]),
                    .timestamp(milliseconds: 1_700_000_000_123), .uuid(uuid),
                    .json(Array(#"{"a": [1, null]}"#.utf8)),
                ], tenant: nil)
            let row = try #require(try rows.only())
            #expect(try row.int(0) == -5)
            #expect(try row.text(1) == "grüße\n🎓")
            #expect(try row.bool(2))
            #expect(try row.double(3) == -0.125)
            #expect(try row.bytes(4) == [0, 255, 1])
            #expect(try row.timestampMilliseconds(5) == 1_700_000_000_123)
            #expect(try row.uuid(6) == uuid)
            #expect(try row.text(6) == "01234567-89ab-cdef-fedc-ba9876543210")
            #expect(try row.text(7) == #"{"a": [1, null]}"#)
            #expect(try row.withBytes(4) { $0.byteCount } == 3)
            #expect(rows.columns == ["a", "b", "c", "d", "e", "f", "g", "h"])
            #expect(try row.column("c") == 2)
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 1 << 53, Int64.max])
    func `integers keep every bit`(number: Int64) async throws {
        try await withPool { pool, _ in
            let rows = try await pool.query(
                "SELECT $1, ARRAY[$1], $2", [.int(number), .intArray([number])], tenant: nil)
            #expect(try rows[0].int(0) == number)
            #expect(try rows[0].intArray(1) == [number])
            #expect(try rows[0].intArray(2) == [number])
        }
    }

    @Test func `nulls are nulls of their type, and refused where none is expected`() async throws {
        try await withPool { pool, _ in
            let rows = try await pool.query(
                "SELECT $1 AS a, $2::text AS b, $3 AS c, $4 AS d, $5 AS e, $6 AS f, $7 AS g, $8 AS h, $9::int AS i",
                [
                    .int(nil), .text(nil), .bool(nil), .double(nil), .bytes(nil),
                    .timestamp(milliseconds: nil),
                    .uuid(nil), .json(nil), .null,
                ], tenant: nil)
            let row = rows[0]
            for column in 0..<9 { #expect(try row.isNull(column)) }
            #expect(try row.intOrNil(0) == nil)
            #expect(try row.textOrNil(1) == nil)
            #expect(try row.timestampMillisecondsOrNil(5) == nil)
            #expect(
                throws: PostgresError.decoding(.init(column: "c", expected: "a bool, but null", type: 16))
            ) {
                try row.bool(2)
            }
            #expect(
                throws: PostgresError.decoding(
                    .init(column: "#9", expected: "a column of the result", type: 0))
            ) {
                try row.int(9)
            }
        }
    }

    @Test func `arrays carry nulls, emptiness and thousands`() async throws {
        try await withPool { pool, _ in
            let numbers = (0..<5000).map { Int64($0) * 1_000_003 }
            let rows = try await pool.query(
                "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9",
                [
                    .intArray(numbers), .nullableIntArray([1, nil, 3]), .textArray(["a", nil, "", "ü"]),
                    .boolArray([true, nil, false]), .doubleArray([0.5, nil]),
                    .bytesArray([[1, 2], nil, []]),
                    .timestampArray(milliseconds: [0, nil, 1_700_000_000_000]),
                    .jsonArray([Array("[1]".utf8), nil]),
                    .intArray([]),
                ], tenant: nil)
            let row = rows[0]
            #expect(try row.intArray(0) == numbers)
            #expect(try row.nullableIntArray(1) == [1, nil, 3])
            #expect(try row.nullableTextArray(2) == ["a", nil, "", "ü"])
            #expect(try row.intArray(8) == [])
            #expect(throws: PostgresError.self) { try row.textArray(2) }
            #expect(throws: PostgresError.self) { try row.intArray(2) }
            let walked = try await pool.query(
                """
                SELECT a, b, c, d, e, f, g, u
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS t (a, b, c, d, e, f, g, u)
                """,
                [
                    .nullableIntArray([1, nil]), .textArray(["x", nil]), .boolArray([true, nil]),
                    .doubleArray([0.5, nil]), .bytesArray([[1, 2], nil]),
                    .timestampArray(milliseconds: [1500, nil]),
                    .jsonArray([Array("{}".utf8), nil]), .uuidArray([PostgresUUID(high: 1, low: 2), nil]),
                ], tenant: nil)
            #expect(try walked[0].int(0) == 1)
            #expect(try walked[0].text(1) == "x")
            #expect(try walked[0].bool(2))
            #expect(try walked[0].double(3) == 0.5)
            #expect(try walked[0].bytes(4) == [1, 2])
            #expect(try walked[0].timestampMilliseconds(5) == 1500)
            #expect(try walked[0].bytes(6) == Array("{}".utf8))
            #expect(try walked[0].uuid(7) == PostgresUUID(high: 1, low: 2))
            for column in 0..<8 { #expect(try walked[1].isNull(column)) }
        }
    }

    @Test func `narrow and exact types are read too`() async throws {
        try await withPool { pool, _ in
            let rows = try await pool.query(
                """
                SELECT 7::int2, 8::int4, 9::oid, 1.5::float4, 12345.6789::numeric, 'n'::name, 'v'::varchar,
                    '{"a":1}'::json, ARRAY['p','q'], ARRAY[1,2]::int4[], ARRAY[true], ARRAY[1.25::numeric, -3],
                    '2000-01-01 00:00:00.0019'::timestamp, NULL::int[]
                """, tenant: nil)
            let row = rows[0]
            #expect(try (0..<3).map { try row.int($0) } == [7, 8, 9])
            #expect(try row.double(3) == 1.5)
            #expect(try row.double(4) == 12345.6789)
            #expect(try row.text(4) == "12345.6789")
            #expect(try row.text(5) == "n")
            #expect(try row.text(6) == "v")
            #expect(try row.text(7) == #"{"a":1}"#)
            #expect(try row.textArray(8) == ["p", "q"])
            #expect(try row.intArray(9) == [1, 2])
            #expect(try row.boolArray(10) == [true])
            #expect(try row.doubleArray(11) == [1.25, -3])
            #expect(try row.timestampMilliseconds(12) == 946_684_800_001)
            #expect(throws: PostgresError.self) { try row.text(3) }
            #expect(throws: PostgresError.self) { try row.intArray(13) }
        }
    }

    @Test(arguments: [
        "0", "1", "-1", "0.5", "-0.0005", "10000", "9999.9999", "100000000",
        "123456789012345678901234567890.000100",
        "NaN", "Infinity", "-Infinity", "0.00", "1000000.10",
    ])
    func `numeric reads as the server writes it`(text: String) async throws {
        try await withPool { pool, _ in
            let rows = try await pool.query("SELECT $1::numeric", [.text(text)], tenant: nil)
            #expect(try rows[0].text(0) == text)
        }
    }

    @Test func `integers meet narrower columns, and texts take the column's type`() async throws {
        try await withPool { pool, _ in
            try await pool.run("CREATE TYPE mood AS ENUM ('calm', 'loud')")
            try await pool.run("CREATE TABLE t (a int4, b numeric, c mood, d date)")
            let values: [PostgresValue] = [.int(5), .text("2.50"), .text("loud"), .text("2026-11-22")]
            try await pool.query("INSERT INTO t VALUES ($1, $2, $3, $4)", values, tenant: nil)
            let rows = try await pool.query(
                "SELECT c, d::text, b FROM t WHERE a = $1 AND a = ANY($2)", [.int(5), .intArray([4, 5])],
                tenant: nil)
            #expect(try rows[0].text(0) == "loud")
            #expect(try rows[0].text(1) == "2026-11-22")
            #expect(try rows[0].text(2) == "2.50")
        }
    }

    @Test func `a text with U+0000 is refused before anything is sent`() async throws {
        try await withPool { pool, _ in
            try await pool.run("CREATE TABLE t (a text)")
            var batch = TransactionBatch()
            batch.append("INSERT INTO t VALUES ('first')", tenant: nil)
            batch.append("INSERT INTO t VALUES ($1)", [.text("a\u{0}b")], tenant: nil)
            #expect(
                await failure(PostgresError.self) { try await pool.run(batch) }
                    == PostgresError.encoding("a text holds U+0000"))
            #expect(
                await failure(PostgresError.self) {
                    try await pool.query("SELECT unnest($1)", [.textArray(["ok", "\u{0}"])], tenant: nil)
                } == PostgresError.encoding("a text holds U+0000"))
            #expect(try await pool.run("SELECT * FROM t").isEmpty)
            #expect(!"a\u{0}".isStorableInPostgres && "a".isStorableInPostgres)
        }
    }

    @Test func `a parameter of 16 MB and a result of 16 MB pass`() async throws {
        try await withPool { pool, _ in
            var bytes = [UInt8](repeating: 0xA7, count: 16 << 20)
            for place in stride(from: 0, to: bytes.count, by: 8191) {
                bytes[place] = UInt8(truncatingIfNeeded: place)
            }
            let rows = try await pool.query("SELECT $1, length($1)", [.bytes(bytes)], tenant: nil)
            #expect(try rows[0].int(1) == Int64(bytes.count))
            #expect(try rows[0].bytes(0) == bytes)
        }
    }

    @Test func `a hundred thousand rows arrive whole`() async throws {
        try await withPool { pool, _ in
            let rows = try await pool.query(
                "SELECT i, 'row ' || i FROM generate_series(1, $1) AS i", [.int(100_000)], tenant: nil)
            #expect(rows.count == 100_000)
            var sum: Int64 = 0
            for row in rows { sum += try row.int(0) }
            #expect(sum == 5_000_050_000)
            #expect(try rows[99_999].text(1) == "row 100000")
        }
    }
}
