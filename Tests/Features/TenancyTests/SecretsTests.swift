import Postgres
import Testing

@testable import Tenancy

struct `Base 64` {
    /// RFC 4648 §10, without the padding.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ])
    func `gives the vectors of RFC 4648`(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8), .url) == coded)
        #expect(Base64.decode(coded, .standard) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zh", "Zm9", "Zg==", "Zm 8", "Zm8\n", "Zm9vY", "Zm9é"])
    func `refuses other forms of the same bytes`(text: String) {
        #expect(Base64.decode(text, .url) == nil)
    }

    @Test func `tells its two alphabets apart`() {
        #expect(Base64.encode([0xFB, 0xFF], .url) == "-_8")
        #expect(Base64.encode([0xFB, 0xFF], .standard) == "+/8")
        #expect(Base64.decode("-_8", .standard) == nil)
        #expect(Base64.decode("+/8", .url) == nil)
    }

    @Test func `reads what it writes`() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...70, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            #expect(Base64.decode(Base64.encode(bytes, .url), .url) == bytes)
        }
    }
}

/// A generator that begins again at the same place for the same seed (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

struct `Bearer secret` {
    @Test func `is read back from its text and is another each time`() {
        let one = BearerSecret.random(in: TenantID(rawValue: 7))
        #expect(BearerSecret(one.text) == one)
        #expect(one.text.hasPrefix("7~"))
        #expect(one.text.utf8.count == 45)
        #expect(one != BearerSecret.random(in: TenantID(rawValue: 7)))
        #expect(one.hash.count == 32)
    }

    @Test(arguments: [
        "", "~", "7~", "~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "7AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "-7~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "+7~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "07~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "7~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "7~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "99999999999999999999~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "7~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\u{0}",
    ])
    func `refuses what it cannot have written`(text: String) {
        #expect(BearerSecret(text) == nil)
    }

    @Test func `has the same hash for the same bytes and others for others`() {
        let secret = BearerSecret.random(in: TenantID(rawValue: 7))
        #expect(BearerSecret(secret.text)?.hash == secret.hash)
        #expect(BearerSecret.random(in: TenantID(rawValue: 7)).hash != secret.hash)
    }
}

struct `Digest functions` {
    @Test func `give known values`() {
        // FIPS 180-4's "abc".
        let digest = Digest.sha256(Array("abc".utf8))
        #expect(digest.prefix(4) == [0xBA, 0x78, 0x16, 0xBF])
        // RFC 4231 §4.3.
        let mac = Digest.hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(mac.prefix(4) == [0x5B, 0xDC, 0xC1, 0x46])
    }

    @Test func `compare whole byte strings`() {
        #expect(Digest.isEqual([1, 2], [1, 2]))
        #expect(!Digest.isEqual([1, 2], [1, 3]))
        #expect(!Digest.isEqual([1, 2], [1, 2, 3]))
        #expect(Digest.isEqual([], []))
    }
}

struct `Bounded cache` {
    @Test func `never holds more than its bound and keeps what is in use`() {
        var cache = BoundedCache<Int, Int>(bound: 10)
        for key in 0..<1000 {
            cache[key] = key
            #expect(cache.count <= 10)
            #expect(cache[key] == key)
            // Key 0 is looked at all the time, so it stays.
            #expect(cache[0] == 0)
        }
        #expect(cache[1] == nil)
    }

    @Test func `forgets on demand`() {
        var cache = BoundedCache<Int, Int>(bound: 2)
        cache[1] = 1
        cache[2] = 2
        cache[1] = nil
        #expect(cache[1] == nil)
        #expect(cache[2] == 2)
    }
}
