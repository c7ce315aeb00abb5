/// One file of an archive, as the directory has it.
package struct ZipEntry: Hashable, Sendable {
    enum Method: Hashable, Sendable { case stored, deflated }

    /// The path within the archive, with slashes; folders end with one.
    package let name: String
    /// Bytes that it has once it is inflated.
    package let size: Int
    let method: Method
    let checksum: UInt32
    let packedSize: Int
    /// Where its local header begins.
    let offset: Int

    /// Whether it is a folder, which has no content.
    package var isFolder: Bool { name.hasSuffix("/") }
}

/// How much an archive may be; it is refused as a whole beyond.
package struct ZipLimits: Hashable, Sendable {
    /// Entries, folders too.
    package var entries = 1000
    /// Bytes of one inflated entry.
    package var entryBytes = 128 << 20
    /// Bytes of all inflated entries.
    package var totalBytes = 256 << 20
    /// How many times larger than its packed form an entry may be; 100 is what Canvas allows a whole archive.
    package var ratio = 200
    /// Entries up to this size may have any ratio: they harm nobody, and a file of one repeated row is no attack.
    package var harmlessBytes = 1 << 20

    /// The usual limits.
    package init() {}
}

/// Why an archive is refused.
package enum ZipProblem: Error, Hashable, Sendable {
    /// There is no directory at the end.
    case notZip
    /// Something is not where the directory says, or not what it says.
    case damaged
    case zip64
    case severalVolumes
    case encrypted
    case unknownMethod(UInt16)
    /// A name leads out of its folder, or is not UTF-8.
    case unsafeName
    case tooManyEntries(limit: Int)
    case entryTooLarge(limit: Int)
    case tooLarge(limit: Int)
    /// An entry grows more than the limit when it is inflated.
    case suspiciousRatio(limit: Int)

    /// A sentence without a full stop.
    package var message: String {
        switch self {
        case .notZip: "this is no zip archive"
        case .damaged: "the zip archive is damaged"
        case .zip64: "zip64 archives are not taken"
        case .severalVolumes: "a zip archive in several volumes is not taken"
        case .encrypted: "encrypted zip archives are not taken"
        case .unknownMethod(let method): "the compression method \(method) is not known"
        case .unsafeName: "a name in the zip archive leads out of it, or is not UTF-8"
        case .tooManyEntries(let limit): "the zip archive has more than \(limit) entries"
        case .entryTooLarge(let limit): "an entry of the zip archive has more than \(limit) bytes"
        case .tooLarge(let limit): "the zip archive holds more than \(limit) bytes"
        case .suspiciousRatio(let limit): "an entry of the zip archive grows more than \(limit) times"
        }
    }
}
