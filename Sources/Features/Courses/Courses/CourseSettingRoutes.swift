import JSON
import Postgres
import Tenancy
import WebServer

/// A course's settings, its tabs, and what the caller may do there.
enum CourseSettingRoutes {
    /// `GET /api/v1/courses/:course_id/settings`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        guard let row = try await call.query(CourseQueries.settings, [call.courseValue]).first else {
            throw WebError.notFound
        }
        return try answer(row)
    }

    /// `PUT /api/v1/courses/:course_id/settings`.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let wishes = try CourseFields(try call.request.fields(), isAdmin: call.membership.isAdmin)
        return try await call.commit { transaction in
            let results = try await transaction.query([
                (
                    CourseQueries.update,
                    [call.tenant, call.courseValue] + wishes.values(state: nil, account: nil, term: nil)
                ), (CourseQueries.settings, [call.tenant, call.courseValue]),
            ])
            guard let row = results[1].first else { throw WebError.notFound }
            return try answer(row)
        } mapping: {
            CourseFields.refusal(of: $0)
        }
    }

    private static func answer(_ row: Row) throws -> WebResponse {
        let values = [
            ("allow_student_discussion_topics", try row.bool(0)), ("hide_final_grades", try row.bool(1)),
            ("restrict_enrollments_to_course_dates", try row.bool(2)), ("is_public", try row.bool(3)),
            ("self_enrollment", try row.bool(4)),
        ]
        return .json { json in
            json.object { json in
                for (name, value) in values { json.member(name, value) }
            }
        }
    }

    private static let tabs = [
        ("home", "Home", ""), ("announcements", "Announcements", "/announcements"),
        ("modules", "Modules", "/modules"), ("pages", "Pages", "/pages"), ("files", "Files", "/files"),
        ("discussions", "Discussions", "/discussion_topics"), ("people", "People", "/users"),
        ("assignments", "Assignments", "/assignments"), ("grades", "Grades", "/grades"),
    ]

    /// `GET /api/v1/courses/:course_id/tabs`.
    static func listTabs(_ call: CourseCall) async throws -> WebResponse {
        let shown = tabs.filter { call.isStaff || $0.0 != "people" }
        return .json { json in
            json.array(of: shown.enumerated()) { json, item in
                json.object { json in
                    json.member("id", item.element.0)
                    json.member("label", item.element.1)
                    json.member("html_url", "/courses/\(call.course)\(item.element.2)")
                    json.member("position", item.offset + 1)
                    json.member("visibility", item.element.0 == "people" ? "admins" : "public")
                    json.member("type", "internal")
                }
            }
        }
    }

    /// `GET /api/v1/courses/:course_id/permissions`: which of `permissions[]` the caller has, as scopes of tokens.
    ///
    /// Without any, all that are about a course.
    static func listPermissions(_ call: CourseCall) async throws -> WebResponse {
        let wanted = Set(call.request.queryValues("permissions[]"))
        return .json { json in
            json.object { json in
                for permission in PermissionTable.all {
                    guard let scope = permission.scope, case .course = permission.rule,
                        wanted.isEmpty || wanted.contains(scope)
                    else { continue }
                    json.member(scope, permission.admits(call.membership.standing))
                }
            }
        }
    }
}
