import JSON
import Postgres
import Tenancy
import WebServer

/// The items of modules: staff arrange them, everybody reads those that are published.
enum ItemRoutes {
    /// `GET …/modules/:module_id/items`, with `include[]=content_details`, `student_id` and `search_term`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let text = try call.request.searchTerm()?.lowercased()
        let view = try await ModuleView.load(call)
        let found = try view.module("module_id", call.request).items.filter { item in
            text.map { item.title.lowercased().contains($0) } ?? true
        }
        let (page, next) = try paging.cut(found) { ($0.rank, $0.id) }
        var response = WebResponse.json { json in json.array(of: page) { view.write($1, &$0, for: call) } }
        response.setLink(paging.link(for: call.request, bookmark: next))
        return response
    }

    /// `POST …/modules/:module_id/items`: `{"module_item": {"type", …}}`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let wanted = try NewItem(try call.request.fields().unwrapped("module_item"))
        let id = try call.request.id("module_id")
        let known = try await coursework(wanted, call)
        var isKnown = !known.isEmpty
        if wanted.kind == .file, let file = wanted.content {
            isKnown = try await call.files.find([file], for: call).contains(file)
        }
        let isThere = isKnown
        return try await call.changeContents { transaction in
            let outline = try await ModuleOutline.load(call, in: transaction)
            guard let module = outline.module(id) else { throw WebError.notFound }
            guard outline.modules.reduce(0, { $0 + $1.items.count }) < ModuleItem.mostPerCourse else {
                throw WebError.invalid(
                    "The course has \(ModuleItem.mostPerCourse) items in its modules, and takes no more.")
            }
            let item = try await wanted.item(in: id, call, isKnown: isThere, transaction)
            let made = try await ItemShelf(call, transaction).add(
                item, at: wanted.change.position, to: module,
                isPublishing: wanted.change.isPublished != nil)
            return try await answer(made, known, call, transaction)
        }
    }

    /// `GET …/items/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let view = try await ModuleView.load(call)
        let item = try view.item(call.request)
        return .json { view.write(item, &$0, for: call) }
    }

    /// `PUT …/items/:id`.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("module_item")
        let change = try ItemChange(fields)
        let known = try await ModuleOutline.load(call).coursework
        return try await call.changeContents { transaction in
            let outline = try await ModuleOutline.load(call, in: transaction)
            let present = try ModuleView(outline, .staff, call).item(call.request)
            let item = try change.applied(to: present)
            guard let module = outline.module(item.module) else {
                throw WebError.invalid("The course has no such module.", field: fields.path(of: "module_id"))
            }
            try await ItemShelf(call, transaction).change(present, to: item, at: change.position, in: module)
            return try await answer(item.id, known, call, transaction)
        }
    }

    /// `DELETE …/items/:id`.
    static func delete(_ call: CourseCall) async throws -> WebResponse {
        let known = try await ModuleOutline.load(call).coursework
        return try await call.changeContents { transaction in
            let outline = try await ModuleOutline.load(call, coursework: known, in: transaction)
            let view = ModuleView(outline, .staff, call)
            let item = try view.item(call.request)
            try await ItemShelf(call, transaction).delete(item)
            return .json { view.write(item, &$0, for: call) }
        }
    }

    /// The assignment or quiz that a new item leads to, when it is there.
    private static func coursework(
        _ wanted: NewItem, _ call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkDetails] {
        guard let content = wanted.content else { return [:] }
        switch wanted.kind {
        case .assignment: return try await call.coursework.find([.init(.assignment, content)], for: call)
        case .quiz: return try await call.coursework.find([.init(.quiz, content)], for: call)
        default: return [:]
        }
    }

    /// The item as staff see it.
    private static func answer(
        _ id: Int64, _ coursework: [CourseworkReference: CourseworkDetails], _ call: CourseCall,
        _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let outline = try await ModuleOutline.load(call, coursework: coursework, in: transaction)
        guard let item = outline.modules.flatMap(\.items).first(where: { $0.id == id }) else {
            throw WebError.notFound
        }
        return .json { ModuleView(outline, .staff, call).write(item, &$0, for: call) }
    }
}
