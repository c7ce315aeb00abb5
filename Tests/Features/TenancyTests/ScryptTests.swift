import Testing

@testable import Tenancy

struct `Scrypt key derivation` {
    /// RFC 7914 §12.
    @Test(arguments: [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 14, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func `gives the vectors of RFC 7914`(
        password: String, salt: String, logN: Int, blockSize: Int, parallelism: Int, expected: String
    ) {
        let derived = Scrypt.derive(
            Array(password.utf8), salt: Array(salt.utf8), logN: logN, blockSize: blockSize,
            parallelism: parallelism,
            length: 64)
        let hex = derived?.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        #expect(hex?.joined() == expected)
    }
}

struct `Password hash` {
    @Test func `matches its password and no other, also after a round trip`() throws {
        let hash = try #require(PasswordHash.make("correct horse", cost: .forTests))
        let stored = try #require(PasswordHash(hash.text))
        #expect(stored == hash)
        #expect(stored.matches("correct horse"))
        #expect(!stored.matches("correct horse "))
        #expect(!stored.matches(""))
    }

    @Test func `has a salt of its own each time`() {
        #expect(
            PasswordHash.make("a", cost: .forTests)?.text != PasswordHash.make("a", cost: .forTests)?.text)
    }

    @Test func `keeps the standard cost in its text`() throws {
        let hash = try #require(PasswordHash.make("correct horse"))
        #expect(hash.text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(hash.matches("correct horse"))
    }

    @Test(arguments: [
        "", "correct horse", "$scrypt$",
        "$argon2id$ln=15,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=15,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=20,r=32,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAA=AAAAAAAAAA$AAAAAAAAAAAAAAA",
        "x$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    ])
    func `refuses texts that it cannot have written`(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test func `of nobody matches nothing`() {
        #expect(!PasswordHash.unmatchable(cost: .forTests).matches(""))
    }
}

struct `Password lane` {
    @Test func `verifies and refuses`() async throws {
        let lane = PasswordLane(width: 1, backlog: 8, cost: .forTests)
        let stored = try await lane.hash("correct horse")
        #expect(try await lane.verify("correct horse", against: stored))
        #expect(try await !lane.verify("battery staple", against: stored))
        #expect(try await !lane.verify("correct horse", against: nil))
        #expect(try await !lane.verify("correct horse", against: "not a hash"))
        #expect(lane.depth == 0)
    }

    @Test func `refuses at once beyond its backlog and says when to come back`() async throws {
        let lane = PasswordLane(width: 1, backlog: 0, cost: .forTests)
        await #expect(throws: PasswordLane.Full(retryAfterSeconds: 1)) {
            try await lane.verify("correct horse", against: nil)
        }
    }
}
