import JSON
import Postgres
import Tenancy
import WebServer

/// What students do with items: looking at them, and marking them as done.
enum ItemProgressRoutes {
    /// `POST …/items/:id/mark_read`: that the item was looked at.
    ///
    /// 403 for a locked one; of staff, and of who may only look, nothing is kept.
    static func markRead(_ call: CourseCall) async throws -> WebResponse {
        guard !call.isStaff, !call.membership.isReadOnly else {
            _ = try await ModuleView.load(call).item(call.request)
            return .noContent
        }
        return try await change(call, [(ItemQueries.view, [])]) { _, _ in .noContent }
    }

    /// `PUT` and `DELETE …/items/:id/done`; answers with the item as it is then.
    ///
    /// 403 for a locked one.
    static func markDone(_ isDone: Bool) -> Route.CourseHandler {
        { call in
            var statements: [Deed] = [(ItemQueries.markDone, [.bool(isDone)])]
            // Who takes a mark back takes back with it that the module was completed.
            if !isDone { statements.append((ItemQueries.reopen, [])) }
            return try await change(call, statements) { view, item in
                .json { view.write(item, &$0, for: call) }
            }
        }
    }

    /// A statement about a student and an item, and its values after those.
    private typealias Deed = (statement: Statement, values: [PostgresValue])

    /// Writes down what a student did, and what becomes of the module by that.
    private static func change(
        _ call: CourseCall, _ deeds: [Deed],
        answer: (ModuleView, ModuleItem) -> WebResponse
    ) async throws -> WebResponse {
        let student = call.principal.user
        let before = try await ModuleView.load(call)
        let item = try before.item(call.request)
        guard before.progression?.lockedItems.contains(item.id) == false else { throw WebError.forbidden }
        return try await call.commit { transaction in
            // Holds the student's row, so that of two deeds at once the later one sees the earlier.
            try await transaction.query(
                [(ModuleQueries.begin, [call.tenant, .int(item.module), .int(student)])]
                    + deeds.map { ($0.statement, [call.tenant, .int(student), .int(item.id)] + $0.values) })
            let outline = try await ModuleOutline.load(
                call, student: student, coursework: before.outline.coursework,
                outcomes: before.outline.facts?.outcomes ?? [:], in: transaction)
            let view = ModuleView(outline, .student(student), call)
            if view.progression?.states[item.module] == .completed {
                try await transaction.query(
                    ModuleQueries.complete, [call.tenant, .int(item.module), .int(student)])
            }
            return answer(view, try view.item(call.request))
        }
    }
}
