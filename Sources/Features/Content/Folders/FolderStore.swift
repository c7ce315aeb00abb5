import Postgres
import Tenancy
import WebServer

/// Changes folders, each change within a transaction that its caller has.
struct FolderStore {
    let transaction: PostgresTransaction
    let institution: InstitutionID

    init(_ transaction: PostgresTransaction, _ institution: InstitutionID) {
        self.transaction = transaction
        self.institution = institution
    }

    private var tenant: PostgresValue { .int(institution.rawValue) }

    /// The root folder of a context, made where it is missing.
    func root(of context: FileContext) async throws -> Int64 {
        let ids: [PostgresValue] = [.int(context.course), .int(context.user)]
        if let row = try await transaction.query(FolderQueries.root, [tenant] + ids).first {
            return try row.int(0)
        }
        try await transaction.query(FolderQueries.openRoot, [tenant] + ids + [.text(context.rootName)])
        guard let row = try await transaction.query(FolderQueries.root, [tenant] + ids).first else {
            throw WebError.notFound
        }
        return try row.int(0)
    }

    /// The folder at a path below the root, such as `week 1/slides`, made where it is missing.
    func folder(at path: String, in context: FileContext) async throws -> Int64 {
        var folder = try await root(of: context)
        let parts = path.split(separator: "/").map(String.init)
        // Some programs write the root's name, too.
        let names = parts.first == context.rootName ? Array(parts.dropFirst()) : parts
        guard names.count < Folder.deepest else { throw FolderStore.tooDeep }
        for part in names {
            guard let name = FileName(part) else {
                throw WebError.badRequest("A folder cannot have that name.", field: "parent_folder_path")
            }
            folder = try await child(name, of: folder, Availability(), position: nil, mayExist: true)
        }
        return folder
    }

    /// Makes a folder.
    ///
    /// - Throws: 409 (`name_taken`), unless the folder may exist.
    func child(
        _ name: FileName, of parent: Int64, _ availability: Availability, position: Int?, mayExist: Bool
    ) async throws -> Int64 {
        let made = try await change(
            FolderQueries.insert,
            [
                .int(parent), .text(name.text), .bool(availability.isHidden), .bool(availability.isLocked),
                .timestamp(milliseconds: availability.unlockAt),
                .timestamp(milliseconds: availability.lockAt),
                .int(position.map { Int64($0) }),
            ])
        if let row = made.first { return try row.int(0) }
        let found = try await transaction.query(
            FolderQueries.child, [tenant, .int(parent), .text(name.text)])
        guard let row = found.first else { throw WebError.notFound }
        guard mayExist else { throw FolderStore.taken }
        return try row.int(0)
    }

    /// Renames, moves, hides, locks.
    ///
    /// - Throws: 409 (`name_taken`); 400 for a move into itself, or too deep.
    func update(
        _ folder: Folder, name: FileName, parent: Folder?, _ availability: Availability, position: Int?
    ) async throws {
        var fullName = folder.fullName
        var depth = folder.depth
        if let parent {
            let below = try await transaction.query(FolderQueries.subtree, [tenant, .int(folder.id)])
            let ids = try below.map { try $0.int(0) }
            guard !ids.contains(parent.id) else {
                throw WebError.badRequest("A folder cannot be moved into itself.", field: "parent_folder_id")
            }
            depth = parent.depth + 1
            let height = try below.map { Int(try $0.int(1)) }.max().map { $0 - folder.depth } ?? 0
            guard depth + height <= Folder.deepest else { throw FolderStore.tooDeep }
            fullName = "\(parent.fullName)/\(name.text)"
        }
        guard fullName.utf8.count <= 4096 else { throw FolderStore.tooDeep }
        let rows = try await change(
            FolderQueries.update,
            [
                .int(folder.id), .int(parent?.id), .text(name.text), .text(fullName), .int(Int64(depth)),
                .bool(availability.isHidden), .bool(availability.isLocked),
                .timestamp(milliseconds: availability.unlockAt),
                .timestamp(milliseconds: availability.lockAt),
                .int(position.map { Int64($0) }),
            ])
        guard !rows.isEmpty else { throw WebError.notFound }
        _ = try await change(FolderQueries.rename, [.int(folder.id)])
    }

    /// Runs a statement whose constraints say what is wrong.
    private func change(_ statement: Statement, _ values: [PostgresValue]) async throws -> Rows {
        do throws(PostgresError) {
            return try await transaction.query(statement, [tenant] + values)
        } catch {
            throw FolderStore.known(error)
        }
    }

    private static func known(_ error: PostgresError) -> any Error {
        switch error.state {
        case .uniqueViolation: taken
        case .checkViolation: tooDeep
        default: error
        }
    }

    /// Removes a folder and everything in it.
    func delete(_ folder: Folder, usage: ContentUsage) async throws {
        let ids = try await transaction.query(FolderQueries.subtree, [tenant, .int(folder.id)]).map {
            try $0.int(0)
        }
        let rows = try await transaction.query(FolderQueries.deleteFiles, [tenant, .intArray(ids)])
        try await transaction.query(FolderQueries.delete, [tenant, .intArray(ids)])
        try await usage.charge(-(try rows.first?.int(0) ?? 0), folder.context)
    }

    private static var taken: WebError {
        .conflict("There is a folder of that name.", code: "name_taken")
    }

    private static var tooDeep: WebError {
        .badRequest("Folders are nested at most \(Folder.deepest) deep.", field: "parent_folder_id")
    }
}
