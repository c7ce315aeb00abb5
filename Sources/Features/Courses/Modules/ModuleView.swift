import JSON
import Postgres
import Tenancy
import WebServer

/// The modules of a course as the caller may see them, and how far a student is in them.
struct ModuleView: Sendable {
    /// Whose progress is shown: a student's; nobody's, to staff; to others who look on, what dates allow.
    enum Viewer: Hashable, Sendable {
        case staff
        case student(Int64)
        case onlooker
    }

    /// Everything, whether the caller sees it or not.
    let outline: ModuleOutline
    let viewer: Viewer
    /// `nil` where nobody's progress is shown.
    let progression: ModuleProgression?
    private let isStaff: Bool

    /// Loads them for the caller, or for the `student_id` that staff and parents may name.
    ///
    /// - Throws: 404 for somebody who is no student of the course, 403 for one who is not the caller's.
    static func load(_ call: CourseCall) async throws -> ModuleView {
        let viewer = try await viewer(call)
        let student: Int64? = if case .student(let id) = viewer { id } else { nil }
        return ModuleView(try await ModuleOutline.load(call, student: student), viewer, call)
    }

    /// The view of an outline.
    init(_ outline: ModuleOutline, _ viewer: Viewer, _ call: CourseCall) {
        self.outline = outline
        self.viewer = viewer
        isStaff = call.isStaff
        let now = call.request.receivedAt
        progression =
            viewer == .staff
            ? nil : ModuleProgression(of: outline.modules, facts: outline.facts, at: now)
    }

    private static func viewer(_ call: CourseCall) async throws -> Viewer {
        guard let named = call.request.queryValue("student_id") else {
            return switch call.membership.role {
            case .staff: .staff
            case .student: .student(call.principal.user)
            case .observer: .onlooker
            }
        }
        let lookup = UserLookup(call.call)
        let student = try await lookup.find(named)
        if student != call.principal.user {
            var may = call.isStaff
            if call.membership.role == .observer { may = try await lookup.may([.parent], student) }
            guard may else { throw WebError.forbidden }
        }
        let sections = call.isStaff ? call.visibleSections : .null
        let found = try await call.query(
            ModuleQueries.isStudent, [call.courseValue, .int(student), sections])
        guard found.first != nil else { throw WebError.notFound }
        return .student(student)
    }

    /// The modules that the caller sees, each with the items that the caller sees.
    var modules: [Module] {
        guard !isStaff else { return outline.modules }
        return outline.modules.filter(\.isPublished).map { module in
            var module = module
            module.items = module.publishedItems
            return module
        }
    }

    /// The module that a segment of the path names.
    ///
    /// - Throws: 404 for one that the caller does not see.
    func module(_ name: String, _ request: WebRequest) throws(WebError) -> Module {
        let id = try request.id(name)
        guard let module = modules.first(where: { $0.id == id }) else { throw .notFound }
        return module
    }

    /// The item that the path names.
    ///
    /// - Throws: 404 for one that the caller does not see.
    func item(_ request: WebRequest) throws(WebError) -> ModuleItem {
        let module = try module("module_id", request)
        let id = try request.id("id")
        guard let item = module.items.first(where: { $0.id == id }) else { throw .notFound }
        return item
    }

    // MARK: Writing

    /// Writes a module, with its items where they are wanted.
    func write(
        _ module: Module, _ json: inout JSONWriter, for call: CourseCall, items: [ModuleItem]?,
        state: String? = nil
    ) {
        json.object { json in
            json.member("id", module.id)
            json.member("name", module.name)
            json.member("position", module.position)
            json.member("workflow_state", state ?? (module.isPublished ? "active" : "unpublished"))
            if let time = module.unlockAt {
                json.member("unlock_at", ISO8601.text(milliseconds: time))
            } else {
                json.nullMember("unlock_at")
            }
            json.member("require_sequential_progress", module.isSequential)
            json.array("prerequisite_module_ids", of: prerequisites(module)) { $0.int($1) }
            json.member("items_count", module.items.count)
            json.member(
                "items_url", "\(call.request.surface)/courses/\(call.course)/modules/\(module.id)/items")
            if isStaff { json.member("published", module.isPublished) }
            if let state = progression?.states[module.id], case .student = viewer {
                json.member("state", state.rawValue)
                if case .some(.some(let time)) = outline.facts?.begun[module.id] {
                    json.member("completed_at", ISO8601.text(milliseconds: time))
                } else {
                    json.nullMember("completed_at")
                }
            }
            if let items { json.array("items", of: items) { write($1, &$0, for: call) } }
        }
    }

    /// What nobody else sees is not named to others than staff.
    private func prerequisites(_ module: Module) -> [Int64] {
        guard !isStaff else { return module.prerequisites }
        return module.prerequisites.filter { outline.module($0)?.isPublished ?? false }
    }

    /// Writes an item, with what it leads to where that is wanted.
    func write(_ item: ModuleItem, _ json: inout JSONWriter, for call: CourseCall) {
        json.object { json in
            json.member("id", item.id)
            json.member("module_id", item.module)
            json.member("position", item.position)
            json.member("title", item.title)
            json.member("indent", item.indent)
            json.member("type", item.kind.rawValue)
            json.member("content_id", item.kind == .page ? nil : item.content)
            json.member("page_url", item.pageURL)
            json.member("external_url", item.externalURL)
            json.member("new_tab", item.opensNewTab)
            json.member(
                "url", Self.path(of: item).map { "\(call.request.surface)/courses/\(call.course)/\($0)" })
            if isStaff { json.member("published", item.isPublished) }
            if let requirement = item.requirement {
                json.object("completion_requirement") { json in
                    json.member("type", requirement.kind.rawValue)
                    json.member("min_score", requirement.minScore)
                    if case .student = viewer {
                        json.member("completed", progression?.met.contains(item.id) ?? false)
                    }
                }
            }
            if call.request.includes.contains("content_details") {
                json.object("content_details") { json in
                    json.member("points_possible", item.details?.points)
                    json.member("due_at", item.details?.dueAt.map { ISO8601.text(milliseconds: $0) })
                    json.member("unlock_at", item.details?.unlockAt.map { ISO8601.text(milliseconds: $0) })
                    json.member("lock_at", item.details?.lockAt.map { ISO8601.text(milliseconds: $0) })
                    json.member("locked_for_user", progression?.lockedItems.contains(item.id) ?? false)
                }
            }
        }
    }

    /// Where the surface has what an item leads to.
    private static func path(of item: ModuleItem) -> String? {
        guard let content = item.content else { return nil }
        return switch item.kind {
        case .page: item.pageURL.map { "pages/\($0)" }
        case .discussion: "discussion_topics/\(content)"
        case .assignment: "assignments/\(content)"
        case .quiz: "quizzes/\(content)"
        case .file: "files/\(content)"
        case .subHeader, .externalURL, .externalTool: nil
        }
    }
}
