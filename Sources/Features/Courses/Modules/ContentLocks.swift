import Postgres
import Tenancy
import WebServer

/// What modules keep from the caller.
package enum ContentLocks {
    /// What somebody is told who may not have something yet.
    static let explanation = "This is part of a module that is not open to you yet."

    /// Those of some pages or discussions that are locked; none for staff.
    ///
    /// One short question for what is in no module. Asked before a transaction, never within one.
    static func locked(
        _ kind: ModuleItem.Kind, among contents: [Int64], for call: CourseCall
    ) async throws -> Set<Int64> {
        try await guarded(kind, among: contents, for: call).locked
    }

    /// The same, and whether any of them is in a module at all: else nothing that the caller does locks or unlocks them.
    static func guarded(
        _ kind: ModuleItem.Kind, among contents: [Int64], for call: CourseCall
    ) async throws -> (locked: Set<Int64>, areGuarded: Bool) {
        guard !call.isStaff, !contents.isEmpty else { return ([], false) }
        let values: [PostgresValue] = [call.courseValue, .text(kind.rawValue), .intArray(contents)]
        guard try await call.query(ItemQueries.leadTo, values).first != nil else { return ([], false) }
        let student = call.membership.role == .student ? call.principal.user : nil
        let outline = try await ModuleOutline.load(call, student: student)
        let progression = ModuleProgression(
            of: outline.modules, facts: outline.facts, at: call.request.receivedAt)
        return (Set(contents.filter { progression.isLocked(kind, $0, in: outline.modules) }), true)
    }

    /// Those of some files of the course that are locked, for what keeps files.
    package static func lockedFiles(among files: [Int64], for call: CourseCall) async throws -> Set<Int64> {
        try await locked(.file, among: files, for: call)
    }

    /// Whether one is.
    static func isLocked(_ kind: ModuleItem.Kind, _ content: Int64, for call: CourseCall) async throws -> Bool
    {
        try await !locked(kind, among: [content], for: call).isEmpty
    }

    /// What who may not have it yet gets.
    static var refusal: WebError { .forbidden(explanation, code: "locked") }
}
