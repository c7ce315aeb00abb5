import JSON
import Postgres
import Tenancy
import WebServer

/// What could not be copied, or not wholly.
enum MigrationIssueRoutes {
    private struct Issue {
        let id: Int64
        let kind: String
        let source: Int64
        let type: String
        let description: String
        let state: String
        let createdAt: Int64
        let updatedAt: Int64

        init(_ row: Row) throws(PostgresError) {
            id = try row.int(0)
            kind = try row.text(1)
            source = try row.int(2)
            type = try row.text(3)
            description = try row.text(4)
            state = try row.text(5)
            createdAt = try row.timestampMilliseconds(6)
            updatedAt = try row.timestampMilliseconds(7)
        }

        func write(_ json: inout JSONWriter, _ migration: ContentMigration, _ call: CourseCall) {
            let base = "\(call.request.base)/api/v1"
            json.object { json in
                json.member("id", id)
                json.member(
                    "content_migration_url",
                    "\(base)/courses/\(call.course)/content_migrations/\(migration.id)")
                json.member("description", description)
                json.member("workflow_state", state)
                json.member("issue_type", type)
                json.member("source_type", kind)
                json.member("source_id", source)
                json.member("created_at", ISO8601.text(milliseconds: createdAt))
                json.member("updated_at", ISO8601.text(milliseconds: updatedAt))
            }
        }
    }

    /// `GET /api/v1/courses/:course_id/content_migrations/:content_migration_id/migration_issues`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let migration = try await ContentMigrationRoutes.find("content_migration_id", call)
        let paging = try Paging(call.request)
        let rows = try await call.query(
            MigrationIssueQueries.list, [.int(migration.id), paging.start, paging.limit, paging.skip])
        return .page(try rows.map { try Issue($0) }, paging, for: call.request, id: \.id) {
            $1.write(&$0, migration, call)
        }
    }

    /// `GET …/migration_issues/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let migration = try await ContentMigrationRoutes.find("content_migration_id", call)
        let rows = try await call.query(
            MigrationIssueQueries.show, [.int(migration.id), .int(try call.request.id("id"))])
        guard let issue = try rows.first.map({ try Issue($0) }) else { throw WebError.notFound }
        return .json { issue.write(&$0, migration, call) }
    }

    /// `PUT …/migration_issues/:id`: `workflow_state` is `active` or `resolved`.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let migration = try await ContentMigrationRoutes.find("content_migration_id", call)
        let state = try call.request.fields().string("workflow_state", oneOf: ["active", "resolved"])
        let id = try call.request.id("id")
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                MigrationIssueQueries.setState, [call.tenant, .int(migration.id), .int(id), .text(state)])
            guard let issue = try rows.first.map({ try Issue($0) }) else { throw WebError.notFound }
            return .json { issue.write(&$0, migration, call) }
        }
    }
}

/// The SQL of it; `$1` is the institution and `$2` the migration throughout.
enum MigrationIssueQueries {
    private static let columns =
        "id, kind, source_id, issue_type, description, workflow_state, created_at, updated_at"

    /// $3 after, $4 count, $5 left out.
    static let list = Statement(
        """
        SELECT \(columns) FROM migration_issues
        WHERE institution_id = $1 AND migration_id = $2 AND id > $3 ORDER BY id LIMIT $4 OFFSET $5
        """)

    /// $3 issue.
    static let show = Statement(
        """
        SELECT \(columns) FROM migration_issues WHERE institution_id = $1 AND migration_id = $2 AND id = $3
        """)

    /// $3 issue, $4 state.
    static let setState = Statement(
        """
        UPDATE migration_issues SET workflow_state = $4, updated_at = now()
        WHERE institution_id = $1 AND migration_id = $2 AND id = $3 RETURNING \(columns)
        """)
}
