import Zip

/// What was sent, opened: its files by kind.
struct RosterPackage: Sendable {
    /// One file, not read yet.
    struct File: Sendable {
        /// The name that messages tell.
        let name: String
        let kind: RosterKind
        fileprivate let source: Source

        /// Bytes that it has once it is inflated.
        let size: Int
    }

    fileprivate enum Source: Sendable {
        case whole([UInt8])
        case entry(ZipArchive, ZipEntry)
    }

    /// The files in the order in which they are done: by kind, those of one kind by their names.
    private(set) var files: [File] = []
    /// Files that are none of ours.
    private(set) var refused: [(name: String, reason: String)] = []

    /// Bytes of all files.
    var size: Int { files.reduce(0) { $0 + $1.size } }

    /// Opens what was sent; slow, so not on a loop.
    ///
    /// - Throws: A refusal of all of it, such as an archive that is damaged.
    init(_ bytes: [UInt8], isZip: Bool) throws(RowRefusal) {
        guard isZip else {
            let reader = try RosterReader(bytes)
            files = [
                File(
                    name: "\(reader.kind.rawValue).csv", kind: reader.kind, source: .whole(bytes),
                    size: bytes.count)
            ]
            return
        }
        let archive: ZipArchive
        do {
            archive = try ZipArchive(bytes)
        } catch {
            throw RowRefusal(error.message)
        }
        for entry in archive.entries where !entry.isFolder && !RosterPackage.isDebris(entry.name) {
            let name = RosterPackage.shownName(entry.name)
            do {
                let reader = try RosterReader(try RosterPackage.content(.entry(archive, entry)))
                files.append(
                    File(name: name, kind: reader.kind, source: .entry(archive, entry), size: entry.size))
            } catch {
                refused.append((name, error.text))
            }
        }
        files.sort { ($0.kind, $0.name) < ($1.kind, $1.name) }
        refused.sort { $0.name < $1.name }
    }

    /// Begins to read a file; slow, so not on a loop.
    func reader(_ file: File) throws(RowRefusal) -> RosterReader {
        try RosterReader(try RosterPackage.content(file.source))
    }

    private static func content(_ source: Source) throws(RowRefusal) -> [UInt8] {
        switch source {
        case .whole(let bytes): return bytes
        case .entry(let archive, let entry):
            do {
                return try archive.content(of: entry)
            } catch {
                throw RowRefusal(error.message)
            }
        }
    }

    /// What computers put into archives by themselves.
    private static func isDebris(_ name: String) -> Bool {
        name.hasPrefix("__MACOSX/") || name.split(separator: "/").last?.hasPrefix(".") == true
    }

    /// The last part of a path, as much as a message holds, without control characters.
    private static func shownName(_ path: String) -> String {
        let last = path.split(separator: "/").last ?? "file"
        let shown = last.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(200)
        return String(String.UnicodeScalarView(shown))
    }
}
