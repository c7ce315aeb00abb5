import Courses
import Postgres
import Tenancy
import WebServer

extension FileAccess.Standing {
    /// Towards the files of a course.
    init(_ membership: CourseMembership) {
        self = !membership.isStaff ? .member : membership.isReadOnly ? .overseer : .keeper
    }
}

/// Finds out how the caller stands to files and folders, and what they may do with them.
///
/// Confined to the loop of its call.
struct ContentAccess {
    let call: Call

    init(_ call: Call) { self.call = call }

    /// The caller's standing towards the files of a context.
    func standing(_ context: FileContext) async throws -> FileAccess.Standing {
        try await look(context).standing
    }

    /// The same, with the course where the caller is in it.
    private func look(
        _ context: FileContext
    ) async throws -> (standing: FileAccess.Standing, course: CourseCall?) {
        switch context {
        case .user(let id): return (id == call.principal.user ? .keeper : .stranger, nil)
        case .course(let id):
            let found = try await CourseAccess(pool: call.pool).find(
                user: call.principal.user, roles: Role.set(call.principal.roles), course: id,
                in: call.institution)
            switch found {
            case .unknown, .stranger: return (.stranger, nil)
            case .member(let membership):
                return (FileAccess.Standing(membership), CourseCall(call: call, membership: membership))
            }
        }
    }

    /// Those of some files of one context that a module keeps from the caller.
    ///
    /// - Parameters:
    ///   - files: Their ids.
    ///   - context: The course, or the user, whose they are.
    ///   - standing: The caller's: who keeps the files is asked nothing.
    ///   - course: The caller's call about the course, where there is one; else it is looked up.
    /// - Returns: The ids of those that are locked.
    /// - Throws: What the database throws.
    func lockedByModules(
        _ files: [Int64], in context: FileContext, _ standing: FileAccess.Standing,
        known course: CourseCall? = nil
    ) async throws -> Set<Int64> {
        guard standing == .member else { return [] }
        var course = course
        if course == nil { course = try await look(context).course }
        guard let course else { return [] }
        return try await ContentLocks.lockedFiles(among: files, for: course)
    }

    /// A file that the path names, with what the caller may do with it.
    ///
    /// - Throws: 404 where the institution has none, 403 where the caller may not know of it.
    func file(_ id: Int64, in context: FileContext? = nil) async throws -> (
        file: StoredFile, access: FileAccess
    ) {
        let row = try await call.query(FileQueries.show, [.int(id), .timestamp(milliseconds: now)]).first
        guard let found = try row.map(FileQueries.found), context == nil || found.file.context == context
        else {
            throw WebError.notFound
        }
        let (standing, course) = try await look(found.file.context)
        let locked = try await lockedByModules(
            [found.file.id], in: found.file.context, standing, known: course)
        let access = decide(found, standing, isInLockedModule: !locked.isEmpty)
        guard access.isListed || access.isReadable else { throw WebError.forbidden }
        return (found.file, access)
    }

    /// A file that the caller may change.
    func changeableFile(_ id: Int64) async throws -> StoredFile {
        let (file, access) = try await file(id)
        guard access.isChangeable else { throw WebError.forbidden }
        return file
    }

    func decide(
        _ found: FileQueries.Found, _ standing: FileAccess.Standing, isInLockedModule: Bool = false
    ) -> FileAccess {
        FileAccess(
            found.file, in: found.folder, user: call.principal.user, standing: standing,
            requiresScan: found.requiresScan && call.content.settings.requiresScan,
            isInLockedModule: isInLockedModule, now: now)
    }

    /// A folder that the path names, for those who may see it.
    func folder(_ id: Int64, in context: FileContext? = nil) async throws -> (
        folder: Folder, standing: FileAccess.Standing
    ) {
        let row = try await call.query(FolderQueries.show, [.int(id), .timestamp(milliseconds: now)]).first
        guard let found = try row.map(FolderQueries.found), context == nil || found.folder.context == context
        else {
            throw WebError.notFound
        }
        let standing = try await standing(found.folder.context)
        guard standing >= .overseer || (standing == .member && !found.above.isHidden) else {
            throw WebError.forbidden
        }
        return (found.folder, standing)
    }

    /// A folder that the caller may change.
    func changeableFolder(_ id: Int64) async throws -> Folder {
        let (folder, standing) = try await folder(id)
        guard standing == .keeper else { throw WebError.forbidden }
        return folder
    }

    var now: Int64 { call.context.nowMilliseconds }
}
