import HTTPTypes
import JSON
import JobQueue
import Postgres
import Tenancy
import WebServer

/// Copies of courses, for the staff of the course that gets them.
enum ContentMigrationRoutes {
    /// `POST /api/v1/courses/:course_id/content_migrations`: `migration_type`, `settings[source_course_id]`, `select`,
    /// `date_shift_options`; by staff of both courses.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields()
        _ = try fields.string("migration_type", oneOf: [ContentMigration.courseCopy])
        let settings = try fields.fields("settings")
        guard let text = settings.optionalValue("source_course_id").flatMap({ $0.string ?? $0.number?.text })
        else { throw settings.error("source_course_id", .missing) }
        var options = try CopyOptions(fields)
        let source = try await source(text, settings, call)
        if let dates = options.dates {
            let rows = try await call.query(ContentMigrationQueries.zone, [call.courseValue])
            options.dates = dates.inZone(try rows.first?.text(0) ?? "UTC")
        }
        options.origins = ["http://\(call.request.authority)", "https://\(call.request.authority)"]
        let queue = call.context.service(JobQueue.self)
        let payload = RawJSON(options.payload)
        return try await call.commit { transaction in
            let made = try await transaction.query(
                ContentMigrationQueries.create,
                [
                    call.tenant, call.courseValue, .int(source), .int(call.principal.user),
                    .text(ContentMigration.courseCopy), .json(payload.bytes),
                ])
            guard let id = try made.first?.int(0) else { throw WebError.notFound }
            let job = try await transaction.enqueue(
                [try CourseCopyJob.request(id, into: call.course, by: call.principal.user)], to: queue)[0]
            try await transaction.query(
                ContentMigrationQueries.setJob, [call.tenant, .int(id), .int(job.id), .int(job.progress)])
            let rows = try await transaction.query(
                ContentMigrationQueries.show, [call.tenant, call.courseValue, .int(id)])
            guard let found = try rows.first.map(ContentMigration.init) else { throw WebError.notFound }
            return .json { found.write(&$0, for: call.call) }
        }
    }

    /// `GET /api/v1/courses/:course_id/content_migrations`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            ContentMigrationQueries.list, [call.courseValue, paging.start, paging.limit, paging.skip])
        return .page(try rows.map { try ContentMigration($0) }, paging, for: call.request, id: \.id) {
            $1.write(&$0, for: call.call)
        }
    }

    /// `GET /api/v1/courses/:course_id/content_migrations/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let found = try await find("id", call)
        return .json { found.write(&$0, for: call.call) }
    }

    /// `GET /api/v1/courses/:course_id/content_migrations/migrators`: the kinds that there are.
    static func listKinds(_ call: CourseCall) async throws -> WebResponse {
        .json { json in
            json.array { json in
                json.object { json in
                    json.member("type", ContentMigration.courseCopy)
                    json.member("requires_file_upload", false)
                    json.member("name", "Copy a Canvas Course")
                    json.array("required_settings") { $0.string("source_course_id") }
                }
            }
        }
    }

    /// The migration that a path names.
    ///
    /// - Throws: 404 when the course has none of that id.
    static func find(_ name: String, _ call: CourseCall) async throws -> ContentMigration {
        let rows = try await call.query(
            ContentMigrationQueries.show, [call.courseValue, .int(try call.request.id(name))])
        guard let row = rows.first else { throw WebError.notFound }
        return try ContentMigration(row)
    }

    private static func source(
        _ text: String, _ settings: JSONFields, _ call: CourseCall
    ) async throws -> Int64 {
        let unknown = settings.error("source_course_id", .other("names no course that can be copied"))
        guard let id = try await CourseAccess.id(named: text, in: call.call) else { throw unknown }
        guard id != call.course else {
            throw settings.error("source_course_id", .other("must be another course"))
        }
        do {
            _ = try await CourseAccess(pool: call.pool).membership(
                of: call.principal, in: id, for: "GET /api/v1/courses/:course_id/content_migrations")
        } catch let error as WebError where error.status == .notFound {
            throw unknown
        }
        return id
    }
}
