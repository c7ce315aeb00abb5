@testable import Postgres
import Testing

struct `A timestamp` {
    @Test(arguments: [
        (-1, -946_684_800_001_000), (0, -946_684_800_000_000), (946_684_800_000, 0), (946_684_800_001, 1000),
    ])
    func `converts both ways`(milliseconds: Int64, microseconds: Int64) {
        #expect(PostgresTimestamp.microseconds(milliseconds) == microseconds)
        #expect(PostgresTimestamp.milliseconds(microseconds) == milliseconds)
    }

    @Test func `rounds down and ends at infinity`() {
        #expect(PostgresTimestamp.milliseconds(-1) == 946_684_799_999)
        #expect(PostgresTimestamp.milliseconds(1999) == 946_684_800_001)
        #expect(PostgresTimestamp.microseconds(.max) == .max)
        #expect(PostgresTimestamp.microseconds(.min) == .min)
    }
}

struct `A UUID` {
    @Test func `reads its text and writes it`() throws {
        let uuid = try #require(PostgresUUID("01234567-89AB-cdef-0123-456789abcdef"))
        #expect(uuid.high == 0x0123_4567_89AB_CDEF)
        #expect(uuid.description == "01234567-89ab-cdef-0123-456789abcdef")
    }

    @Test(arguments: [
        "", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdef0",
        "0123456789abcdef0123456789abcdef0000", "01234567-89ab-cdef-0123-456789abcdeg",
        "01234567089ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdé",
    ])
    func `refuses anything else`(text: String) { #expect(PostgresUUID(text) == nil) }
}

struct `SHA-256` {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1000),
            "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
        ),
    ])
    func `is that of FIPS 180-4`(text: String, digest: String) {
        #expect(SHA256.hexadecimal(of: text) == digest)
    }
}

struct `The configuration` {
    @Test func `reads a URL and hides its password`() throws {
        let read = try PostgresConfiguration(
            url: "postgres://ann:s3cret@db.example:5433/school?sslmode=require")
        #expect(read.parameters["password"] == "s3cret")
        #expect(read.parameters["sslmode"] == "require")
        #expect(read.display == "postgres://ann@db.example:5433/school")
    }

    @Test func `names what it cannot read`() {
        #expect(throws: PostgresError.self) {
            try PostgresConfiguration(url: "postgres://host/db?nonsense=1")
        }
    }
}

struct `Host names` {
    @Test(
        arguments: [
            (["host": "/run/pg"], false), (["host": "10.0.0.1"], false), (["host": "::1"], false),
            ([:], false),
            (["host": "localhost"], true), (["host": "10.0.0.1,db"], true),
            (["host": "db", "hostaddr": "10.0.0.1"], false),
        ] as [([String: String], Bool)])
    func `are looked up only when libpq would block on them`(parameters: [String: String], needed: Bool) {
        #expect(HostResolver.needsLookup(parameters) == needed)
    }

    @Test func `become one entry for each address, names kept`() throws {
        let resolved = try HostResolver.resolve(["host": "/run/pg,127.0.0.1", "port": "1,2"]).get()
        #expect(resolved == ["host": "/run/pg,127.0.0.1", "hostaddr": ",127.0.0.1", "port": "1,2"])
        let local = try HostResolver.resolve(["host": "localhost", "port": "7"]).get()
        let count = try #require(local["hostaddr"]).split(separator: ",").count
        #expect(local["host"]?.split(separator: ",").count == count)
        #expect(local["port"]?.split(separator: ",").count == count)
    }

    @Test func `that nobody knows are told`() {
        #expect(throws: PostgresError.self) {
            try HostResolver.resolve(["host": "no-such-host.invalid"]).get()
        }
    }
}
