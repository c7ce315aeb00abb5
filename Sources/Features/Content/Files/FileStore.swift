import Postgres
import Tenancy
import WebServer

/// Changes files, each change within a transaction that its caller has.
struct FileStore {
    /// Numbers that are tried behind a name that is taken.
    private static let numbers = 100

    let transaction: PostgresTransaction
    let institution: InstitutionID
    let usage: ContentUsage

    init(
        _ transaction: PostgresTransaction, _ institution: InstitutionID, _ settings: ContentServices.Settings
    ) {
        self.transaction = transaction
        self.institution = institution
        usage = ContentUsage(transaction: transaction, institution: institution, settings: settings)
    }

    private var tenant: PostgresValue { .int(institution.rawValue) }

    /// Adds a file whose content is stored already; an upload that was made before finds its file.
    ///
    /// - Returns: The file's id.
    /// - Throws: 404 when the folder is gone, 400 when a quota does not allow it.
    func add(_ ticket: UploadTicket, sha256: String) async throws -> Int64 {
        // Held first: of several uploads with one ticket the later ones find the first one's file.
        let isThere = try await !transaction.query(FileQueries.holdFolder, [tenant, .int(ticket.folder)])
            .isEmpty
        if let row = try await transaction.query(FileQueries.byUUID, [tenant, .uuid(ticket.uuid)]).first {
            return try row.int(0)
        }
        guard isThere else { throw WebError.notFound }
        let (name, replaced) = try await settle(ticket.filename, in: ticket.folder, ticket.onDuplicate)
        try await usage.charge(Int64(ticket.size) - (replaced?.size ?? 0), ticket.context)
        if let replaced {
            try await transaction.query(FileQueries.delete, [tenant, .int(replaced.id), .int(nil)])
        }
        let rows = try await transaction.query(
            FileQueries.insert,
            [
                tenant, .uuid(ticket.uuid), .int(ticket.folder), .int(ticket.context.course),
                .int(ticket.context.user), .int(ticket.user), .text(name.text), .text(ticket.filename.text),
                .text(ticket.contentType), .int(Int64(ticket.size)), .text(sha256),
            ])
        guard let id = try rows.first?.int(0) else { throw WebError.unavailable() }
        if let replaced {
            try await transaction.query(FileQueries.replaced, [tenant, .int(replaced.id), .int(id)])
        }
        return id
    }

    /// Bytes that the upload's file may have as things are; `nil` without a limit.
    ///
    /// Nothing is held: what is added meanwhile is found when the file is.
    func room(for ticket: UploadTicket) async throws -> Int64? {
        guard try await transaction.query(FileQueries.byUUID, [tenant, .uuid(ticket.uuid)]).isEmpty else {
            return nil
        }
        let room = try await usage.room(ticket.context)
        guard ticket.onDuplicate == .overwrite, let room else { return room }
        let replaced = try await taken([ticket.filename.text], in: ticket.folder).first?.size
        return room + (replaced ?? 0)
    }

    /// Renames, moves, hides, locks.
    ///
    /// - Throws: 409 (`name_taken`) when the folder has another file of that name and nobody said what is to become of it.
    func update(
        _ file: StoredFile, name: FileName, folder: Int64, _ availability: Availability,
        _ policy: DuplicatePolicy?
    ) async throws {
        var name = name
        if name.text != file.displayName || folder != file.folder {
            try await hold(folder)
            let taken = try await taken([name.text], in: folder).filter { $0.id != file.id }
            if !taken.isEmpty {
                guard let policy else {
                    throw WebError.conflict("The folder has a file of that name.", code: "name_taken")
                }
                let (settled, replaced) = try await settle(name, in: folder, policy)
                name = settled
                if let replaced, replaced.id != file.id {
                    try await transaction.query(
                        FileQueries.delete, [tenant, .int(replaced.id), .int(file.id)])
                    try await usage.charge(-replaced.size, file.context)
                }
            }
        }
        let rows = try await transaction.query(
            FileQueries.update,
            [
                tenant, .int(file.id), .text(name.text), .int(folder), .bool(availability.isHidden),
                .bool(availability.isLocked), .timestamp(milliseconds: availability.unlockAt),
                .timestamp(milliseconds: availability.lockAt),
            ])
        guard !rows.isEmpty else { throw WebError.notFound }
    }

    /// Removes a file from view; its content stays until nothing names it any more.
    func delete(_ file: StoredFile) async throws {
        let rows = try await transaction.query(FileQueries.delete, [tenant, .int(file.id), .int(nil)])
        guard let size = try rows.first?.int(0) else { throw WebError.notFound }
        try await usage.charge(-size, file.context)
    }

    private func hold(_ folder: Int64) async throws {
        guard try await !transaction.query(FileQueries.holdFolder, [tenant, .int(folder)]).isEmpty else {
            throw WebError.notFound
        }
    }

    private func taken(_ names: [String], in folder: Int64) async throws -> [(
        id: Int64, name: String, size: Int64
    )] {
        try await transaction.query(FileQueries.taken, [tenant, .int(folder), .textArray(names)]).map {
            (try $0.int(0), try $0.text(1), try $0.int(2))
        }
    }

    /// The name that a file gets in a folder that is held, and the file whose place it takes.
    private func settle(
        _ name: FileName, in folder: Int64, _ policy: DuplicatePolicy
    ) async throws -> (FileName, replaced: (id: Int64, size: Int64)?) {
        switch policy {
        case .overwrite:
            return (name, try await taken([name.text], in: folder).first.map { ($0.id, $0.size) })
        case .rename:
            let candidates = [name] + (1...FileStore.numbers).map { name.numbered($0) }
            let taken = Set(try await taken(candidates.map(\.text), in: folder).map(\.name))
            guard let free = candidates.first(where: { !taken.contains($0.text) }) else {
                throw WebError.conflict("The folder has too many files of that name.", code: "name_taken")
            }
            return (free, nil)
        }
    }
}
