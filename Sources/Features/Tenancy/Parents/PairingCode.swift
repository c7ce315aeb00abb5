import Postgres

/// Six characters that a child gives to a parent.
///
/// 31 characters that nobody takes for one another, so 887 million codes: guessing is bounded by a throttle, and at rest a
/// code is the HMAC of itself under a key of the deployment's.
struct PairingCode: Equatable, Sendable {
    /// Days that a code is good for.
    static let lifetimeDays = 7
    static let length = 6
    /// No `0`, `O`, `1`, `I` and `L`.
    static let alphabet = Array("ABCDEFGHJKMNPQRSTUVWXYZ23456789".utf8)

    /// Hashes codes.
    struct Key: Sendable {
        private let bytes: [UInt8]

        init(secret: [UInt8]) { bytes = Digest.hmacSHA256(key: secret, Array("cohort pairing code v1".utf8)) }

        fileprivate func hash(_ text: String, _ institution: InstitutionID) -> [UInt8] {
            Digest.hmacSHA256(key: bytes, Array("\(institution.rawValue) \(text)".utf8))
        }
    }

    /// The characters.
    let text: String

    /// Makes a code from the kernel's random numbers.
    static func random() -> PairingCode {
        var generator = SystemRandomNumberGenerator()
        let characters = (0..<length).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        }
        return PairingCode(text: String(decoding: characters, as: UTF8.self))
    }

    /// Reads what somebody typed: case, spaces and dashes do not count; `nil` for what no code is.
    init?(_ typed: String) {
        guard typed.utf8.count <= 32 else { return nil }
        let text = typed.uppercased().filter { $0 != " " && $0 != "-" }
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        self.text = text
    }

    private init(text: String) { self.text = text }

    /// The form at rest.
    func hash(_ key: Key, in institution: InstitutionID) -> [UInt8] { key.hash(text, institution) }
}
