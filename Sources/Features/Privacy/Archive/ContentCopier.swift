import Content
import EventLoop
import Postgres
import Tenancy

/// Copies files' bytes into an archive, a piece at a time.
struct ContentCopier {
    let place: ExportPlace
    let institution: InstitutionID
    let archive: ArchiveFile

    /// Copies one content.
    ///
    /// - Returns: Its bytes; `nil` when they are gone, so that the archive has no such entry, or are not what the digest says.
    /// - Throws: What the storage or the disk throws.
    func copy(_ sha256: String, size: Int64, as name: String) async throws -> Int64? {
        guard let key = ContentKey(institution: institution, sha256: sha256),
            try await place.storage.size(of: key) != nil
        else { return nil }
        try await archive.begin(name, isDeflated: false)
        var position = 0
        while position < Int(size) {
            let range = position..<min(position + ContentPiece.most, Int(size))
            guard let bytes = try await read(key, range), !bytes.isEmpty else { break }
            try await archive.add(bytes)
            position += bytes.count
        }
        let entry = try await archive.end()
        return entry.sha256 == sha256 ? entry.size : nil
    }

    /// A storage that is busy is asked again, thirty times, each after the disk had its turn.
    private func read(_ key: ContentKey, _ range: Range<Int>) async throws(StorageError) -> [UInt8]? {
        for _ in 0..<30 {
            do throws(StorageError) {
                return try await place.storage.read(key, range)
            } catch {
                guard error == .busy else { throw error }
            }
            _ = await place.lane.run { 0 }
        }
        throw .busy
    }
}
