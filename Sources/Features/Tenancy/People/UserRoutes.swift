import JSON
import WebServer

/// A user about themself, in Canvas's shape.
enum UserRoutes {
    /// `GET /api/v1/users/self`.
    static func me(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        let user = try await find(principal, context)
        return .json { json in
            json.object { json in write(user, principal, &json) }
        }
    }

    /// `GET /api/v1/users/self/profile`.
    static func profile(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        let user = try await find(principal, context)
        return .json { json in
            json.object { json in
                write(user, principal, &json)
                json.nullMember("title")
                json.nullMember("bio")
                json.nullMember("primary_email")
                json.nullMember("avatar_url")
                json.member("time_zone", "Etc/UTC")
                json.nullMember("locale")
            }
        }
    }

    private static func find(_ principal: Principal, _ context: WebContext) async throws -> User {
        do {
            let found = try await Directory(pool: context.pool).users(
                [principal.user], in: principal.institution)
            guard let user = found.first else { throw WebError.unauthorized }
            return user
        } catch DirectoryError.database(let cause) {
            // The server's table knows what to answer to that.
            throw cause
        }
    }

    private static func write(_ user: User, _ principal: Principal, _ json: inout JSONWriter) {
        json.member("id", user.id)
        json.member("name", user.name)
        json.member("sortable_name", user.sortableName)
        json.member("short_name", user.shortName)
        json.member("login_id", principal.login)
    }
}
