import JSON
import Postgres
import Tenancy
import WebServer

/// Modules: staff arrange them, everybody reads those that are published, students see how far they are.
enum ModuleRoutes {
    /// `GET /api/v1/courses/:course_id/modules`, with `include[]=items,content_details`, `student_id` and `search_term`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let text = try call.request.searchTerm()?.lowercased()
        let hasItems = call.request.includes.contains("items")
        let view = try await ModuleView.load(call)
        func holds(_ title: String) -> Bool { text.map { title.lowercased().contains($0) } ?? true }
        let found = view.modules.filter { module in
            holds(module.name) || (hasItems && module.items.contains { holds($0.title) })
        }
        let (page, next) = try paging.cut(found) { ($0.rank, $0.id) }
        var response = WebResponse.json { json in
            json.array(of: page) { json, module in
                view.write(module, &json, for: call, items: hasItems ? module.items : nil)
            }
        }
        response.setLink(paging.link(for: call.request, bookmark: next))
        return response
    }

    /// `POST /api/v1/courses/:course_id/modules`: `{"module": {"name", …}}`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("module")
        let change = try ModuleChange(fields)
        let name = try fields.title("name")
        return try await call.changeContents { transaction in
            let outline = try await ModuleOutline.load(call, in: transaction)
            guard outline.modules.count < Module.mostPerCourse else {
                throw WebError.invalid("The course has \(Module.mostPerCourse) modules, and takes no more.")
            }
            let blank = Module(
                id: 0, name: name, position: Int64(outline.modules.count + 1), isPublished: false,
                unlockAt: nil, isSequential: false, prerequisites: [])
            let module = try change.applied(to: blank, in: outline)
            let rows = try await transaction.query(
                ModuleQueries.create,
                [
                    call.tenant, call.courseValue, .text(module.name),
                    .int(SparseOrder.end(of: outline.modules.map(\.rank))),
                    .bool(module.isPublished), .timestamp(milliseconds: module.unlockAt),
                    .bool(module.isSequential), .intArray(module.prerequisites),
                ])
            guard let id = try rows.first?.int(0) else { throw WebError.notFound }
            try await place(id, at: change.position, outline, call, transaction)
            return try await answer(id, call, transaction)
        }
    }

    /// `GET /api/v1/courses/:course_id/modules/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let view = try await ModuleView.load(call)
        let module = try view.module("id", call.request)
        let hasItems = call.request.includes.contains("items")
        return .json { view.write(module, &$0, for: call, items: hasItems ? module.items : nil) }
    }

    /// `PUT /api/v1/courses/:course_id/modules/:id`.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let change = try ModuleChange(try call.request.fields().unwrapped("module"))
        let id = try call.request.id("id")
        return try await call.changeContents { transaction in
            let outline = try await ModuleOutline.load(call, in: transaction)
            guard let present = outline.module(id) else { throw WebError.notFound }
            let module = try change.applied(to: present, in: outline)
            try await transaction.query(
                ModuleQueries.update,
                [
                    call.tenant, call.courseValue, .int(id), .text(module.name), .bool(module.isPublished),
                    .timestamp(milliseconds: module.unlockAt), .bool(module.isSequential),
                    .intArray(module.prerequisites),
                ])
            try await place(id, at: change.position, outline, call, transaction)
            return try await answer(id, call, transaction)
        }
    }

    /// `DELETE /api/v1/courses/:course_id/modules/:id`: with its items, but not what they lead to.
    static func delete(_ call: CourseCall) async throws -> WebResponse {
        let id = try call.request.id("id")
        return try await call.changeContents { transaction in
            let outline = try await ModuleOutline.load(call, in: transaction)
            guard let module = outline.module(id) else { throw WebError.notFound }
            try await transaction.query([
                (ModuleQueries.delete, [call.tenant, call.courseValue, .int(id)]),
                (ModuleQueries.forgetPrerequisite, [call.tenant, call.courseValue, .int(id)]),
            ])
            return .json {
                ModuleView(outline, .staff, call).write(module, &$0, for: call, items: nil, state: "deleted")
            }
        }
    }

    /// `PUT /api/v1/courses/:course_id/modules/:id/relock`: students who have begun it, or what asks for it, must meet
    /// the present prerequisites and requirements.
    static func relock(_ call: CourseCall) async throws -> WebResponse {
        let id = try call.request.id("id")
        return try await call.changeContents { transaction in
            let outline = try await ModuleOutline.load(call, in: transaction)
            guard outline.module(id) != nil else { throw WebError.notFound }
            let modules = ModuleOrder.dependents(of: id, outline.prerequisites)
            try await transaction.query(
                ModuleQueries.forgetProgressions,
                [call.tenant, call.courseValue, .intArray(modules.sorted())])
            return try await answer(id, call, transaction)
        }
    }

    private static func place(
        _ id: Int64, at position: Int?, _ outline: ModuleOutline, _ call: CourseCall,
        _ transaction: PostgresTransaction
    ) async throws {
        guard let position else { return }
        var ranks = outline.ranks
        if !ranks.contains(where: { $0.id == id }) {
            ranks.append(SparseOrder.Ranked(id: id, rank: SparseOrder.end(of: ranks.map(\.rank))))
        }
        let ranked = SparseOrder.placing(id, at: position, in: ranks)
        guard !ranked.isEmpty else { return }
        try await transaction.query(
            ModuleQueries.rank,
            [
                call.tenant, call.courseValue, .intArray(ranked.map(\.id)), .intArray(ranked.map(\.rank)),
            ])
    }

    /// The module as staff see it.
    private static func answer(
        _ id: Int64, _ call: CourseCall, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let outline = try await ModuleOutline.load(call, in: transaction)
        guard let module = outline.module(id) else { throw WebError.notFound }
        return .json {
            ModuleView(outline, .staff, call).write(module, &$0, for: call, items: nil)
        }
    }
}
