/// A password as it is stored: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>` (the PHC string format).
///
/// The cost stands in the string, so that it can be raised later while older hashes still verify.
package struct PasswordHash: Hashable, Sendable {
    private static let saltLength = 16
    private static let hashLength = 32

    private let cost: ScryptCost
    private let salt: [UInt8]
    private let derived: [UInt8]

    private init(cost: ScryptCost, salt: [UInt8], derived: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.derived = derived
    }

    /// Hashes a password with a new salt; slow, so never on a loop.
    ///
    /// - Returns: `nil` when the memory cannot be had.
    package static func make(_ password: String, cost: ScryptCost = .standard) -> PasswordHash? {
        let salt = Digest.random(saltLength)
        return derive(password, cost, salt, hashLength).map {
            PasswordHash(cost: cost, salt: salt, derived: $0)
        }
    }

    /// A hash that no password has, of the cost that real ones have.
    ///
    /// Verifying against it makes an unknown login take as long as a known one.
    package static func unmatchable(cost: ScryptCost = .standard) -> PasswordHash {
        PasswordHash(
            cost: cost, salt: [UInt8](repeating: 0, count: saltLength), derived: Digest.random(hashLength))
    }

    /// Reads a stored string; `nil` for anything that ``text`` cannot have written.
    package init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = PasswordHash.cost(parts[2]),
            let salt = Base64.decode(parts[3], .standard), (8...64).contains(salt.count),
            let derived = Base64.decode(parts[4], .standard), (16...64).contains(derived.count)
        else { return nil }
        self.init(cost: cost, salt: salt, derived: derived)
    }

    /// The string to store.
    package var text: String {
        let parameters = "ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism)"
        return "$scrypt$\(parameters)$\(Base64.encode(salt, .standard))$\(Base64.encode(derived, .standard))"
    }

    /// Whether this is the password; as slow as ``make(_:cost:)``, and compared in constant time.
    package func matches(_ password: String) -> Bool {
        guard let again = PasswordHash.derive(password, cost, salt, derived.count) else { return false }
        return Digest.isEqual(again, derived)
    }

    private static func derive(_ password: String, _ cost: ScryptCost, _ salt: [UInt8], _ length: Int)
        -> [UInt8]?
    {
        Scrypt.derive(
            Array(password.utf8), salt: salt, logN: cost.logN, blockSize: cost.blockSize,
            parallelism: cost.parallelism, length: length)
    }

    private static func cost(_ text: Substring) -> ScryptCost? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix("ln="), parts[1].hasPrefix("r="), parts[2].hasPrefix("p="),
            let logN = Int(parts[0].dropFirst(3)), let blockSize = Int(parts[1].dropFirst(2)),
            let parallelism = Int(parts[2].dropFirst(2))
        else { return nil }
        return ScryptCost(logN: logN, blockSize: blockSize, parallelism: parallelism)
    }
}
