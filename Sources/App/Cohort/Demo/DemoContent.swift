import Content
import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Puts something into the demo's courses: pages, announcements, a discussion, files, and modules that lead through them.
///
/// Confined to the context's loop. All of it passes through the routes, as if the instructor had done it.
struct DemoContent {
    private let context: WebContext
    private let routes: [Route]

    init(context: WebContext) {
        self.context = context
        routes = CoursesRoutes.all() + ContentRoutes.all(largestFile: 1 << 20)
    }

    /// Fills the courses that have not been filled before.
    ///
    /// - Parameters:
    ///   - cast: Who has been made.
    ///   - state: What earlier runs have made; brought up to date.
    ///   - save: Keeps the state.
    /// - Throws: Whatever keeps something from being made; what was made before stays.
    func run(_ cast: DemoCast, _ state: inout DemoState, save: (DemoState) throws -> Void) async throws {
        for (place, school) in DemoSchool.all.enumerated()
        where state.schools[school.name]?.hasContent != true {
            try await fill(
                cast.courses[place], of: cast.schools[place], with: DemoTexts.of(school.course.code))
            state.schools[school.name]?.hasContent = true
            try save(state)
        }
    }

    private func fill(_ course: Int64, of school: DemoCast.School, with texts: DemoTexts) async throws {
        let base = "/api/v1/courses/\(course)"
        let teacher = Author(school.instructor, in: school.id, roles: ["instructor"])
        var addresses: [String] = []
        for page in texts.pages {
            let made = try await send(
                .post, base + "/pages",
                ["title": .string(page.title), "body": .string(page.body), "published": .bool(true)], teacher)
            addresses.append(made["url"]?.string ?? "")
        }
        for news in texts.announcements {
            _ = try await send(
                .post, base + "/discussion_topics",
                [
                    "title": .string(news.title), "message": .string(news.body),
                    "is_announcement": .bool(true),
                    "published": .bool(true),
                ], teacher)
        }
        let topic = try await send(
            .post, base + "/discussion_topics",
            [
                "title": .string(texts.discussion.title), "message": .string(texts.discussion.body),
                "discussion_type": .string("threaded"), "published": .bool(true),
            ], teacher)
        let talk = topic["id"]?.int ?? 0
        let student = Author(school.students[0], in: school.id, roles: ["student"])
        _ = try await send(
            .post, base + "/discussion_topics/\(talk)/entries", ["message": .string(texts.answer)], student)
        let file = try await upload(texts.file.title, texts.file.body, base, teacher)
        let items: [[String: JSONValue]] = [
            [
                "type": .string("Page"), "page_url": .string(addresses[0]),
                "completion_requirement": ask("must_view"),
            ],
            [
                "type": .string("File"), "content_id": .int(file), "title": .string(texts.file.title),
                "published": .bool(true),
                "completion_requirement": ask("must_mark_done"),
            ],
            [
                "type": .string("Discussion"), "content_id": .int(talk),
                "completion_requirement": ask("must_contribute"),
            ],
        ]
        let first = try await module(texts.modules[0], after: [], items, base, teacher)
        let later = addresses.dropFirst().map {
            ["type": JSONValue.string("Page"), "page_url": .string($0)]
        }
        _ = try await module(texts.modules[1], after: [first], later, base, teacher)
    }

    private func ask(_ what: String) -> JSONValue { .object(object(["type": .string(what)])) }

    private func module(
        _ name: String, after before: [Int], _ items: [[String: JSONValue]], _ base: String, _ teacher: Author
    ) async throws -> Int {
        let made = try await send(
            .post, base + "/modules",
            [
                "name": .string(name), "published": .bool(true),
                "prerequisite_module_ids": .array(before.map { .int($0) }),
            ], teacher, inside: "module")
        let id = made["id"]?.int ?? 0
        for item in items {
            _ = try await send(.post, base + "/modules/\(id)/items", item, teacher, inside: "module_item")
        }
        return id
    }

    /// Uploads a text in the steps that everybody's files take.
    private func upload(_ name: String, _ text: String, _ base: String, _ teacher: Author) async throws -> Int
    {
        let ticket = try await send(
            .post, base + "/files",
            ["name": .string(name), "size": .int(text.utf8.count), "content_type": .string("text/plain")],
            teacher)
        let mark = "cohort-demo-file"
        var form = ""
        for member in ticket["upload_params"]?.object?.members ?? [] {
            form += "--\(mark)\r\nContent-Disposition: form-data; name=\"\(member.name)\"\r\n\r\n"
            form += "\(member.value.string ?? "")\r\n"
        }
        form += "--\(mark)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
        form += "\(text)\r\n--\(mark)--\r\n"
        var request = WebRequest(method: .post, path: "/files/upload")
        request.headers[.contentType] = "multipart/form-data; boundary=\(mark)"
        request.receivedAt = context.nowMilliseconds
        guard let route = routes.first(where: { $0.pattern.hasSuffix("/files/upload") }),
            case .receive(let opener) = route.action
        else { preconditionFailure("there is no route to upload a file") }
        let receiver = try await opener(request, context)
        receiver.receive(Array(form.utf8))
        if let refusal = receiver.refusal {
            receiver.abandon()
            throw refusal
        }
        return try value(of: try await receiver.finish(request))["id"]?.int ?? 0
    }

    // MARK: Requests

    /// Who does something.
    private struct Author {
        let principal: Principal

        init(_ member: DemoCast.Member, in institution: Int64, roles: Set<String>) {
            principal = Principal(
                institution: InstitutionID(rawValue: institution), user: member.id, person: 0,
                name: member.name,
                login: member.login, roles: roles, credential: .bearer(token: 0))
        }
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ fields: [String: JSONValue], _ author: Author,
        inside name: String? = nil
    ) async throws -> JSONValue {
        var request = WebRequest(method: method, path: path)
        request.headers[.contentType] = "application/json"
        let body = JSONValue.object(object(fields))
        request.body = RawJSON(name.map { .object(object([$0: body])) } ?? body).bytes
        request.receivedAt = context.nowMilliseconds
        request.principal = author.principal
        for route in routes where route.method == method {
            guard let parameters = DemoContent.parameters(of: route.pattern, in: path),
                case .answer(let handler) = route.action
            else { continue }
            request.parameters = parameters
            return try value(of: try await handler(request, context))
        }
        preconditionFailure("there is no route for \(method) \(path)")
    }

    private func object(_ fields: [String: JSONValue]) -> JSONObject {
        var made = JSONObject()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { made.set(name, value) }
        return made
    }

    private func value(of response: WebResponse) throws -> JSONValue {
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSONReader.read(bytes)
    }

    /// The named segments of a path that a pattern fits; `nil` when it does not.
    static func parameters(of pattern: String, in path: String) -> [String: String]? {
        let wanted = pattern.split(separator: "/")
        let given = path.split(separator: "/")
        guard wanted.count == given.count else { return nil }
        var found: [String: String] = [:]
        for (name, segment) in zip(wanted, given) {
            if name.first == ":" {
                found[String(name.dropFirst())] = String(segment)
            } else if name != segment {
                return nil
            }
        }
        return found
    }
}
