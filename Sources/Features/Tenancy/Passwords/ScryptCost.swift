/// What one password hash costs (RFC 7914 §2).
package struct ScryptCost: Hashable, Sendable {
    /// The binary logarithm of N, the number of blocks.
    package let logN: Int
    /// The block size r: one block is 128·r bytes.
    package let blockSize: Int
    /// The parallelisation p; it multiplies the time, not the memory.
    package let parallelism: Int

    /// Makes a cost; `nil` for one that scrypt does not know or that takes more than ``memoryLimit``.
    package init?(logN: Int, blockSize: Int, parallelism: Int) {
        guard (1...20).contains(logN), (1...32).contains(blockSize), (1...16).contains(parallelism) else {
            return nil
        }
        self.init(checkedLogN: logN, blockSize, parallelism)
        guard memory <= ScryptCost.memoryLimit else { return nil }
    }

    private init(checkedLogN logN: Int, _ blockSize: Int, _ parallelism: Int) {
        self.logN = logN
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// Bytes that one computation takes.
    package var memory: Int { 128 * blockSize * ((1 << logN) + parallelism + 2) }

    /// The most that a stored hash may ask for, so that a bad row cannot take the machine's memory.
    package static let memoryLimit = 256 << 20

    /// N = 2^15, r = 8, p = 3: 32 MiB, one of the equal choices of OWASP's Password Storage Cheat Sheet.
    package static let standard = ScryptCost(checkedLogN: 15, 8, 3)
    /// The cheapest that is still scrypt; for tests, which hash much and protect nothing.
    package static let forTests = ScryptCost(checkedLogN: 4, 8, 1)
}
