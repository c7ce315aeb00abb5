import JSON
import WebServer

/// The children of a parent, in Canvas's shape.
enum ObserveeRoutes {
    /// `GET /api/v1/users/self/observees`: the children that a parent is linked to, in pages by id.
    static func list(_ call: Call) async throws -> WebResponse {
        let (request, context, principal) = (call.request, call.context, call.principal)
        let paging = try Paging(request)
        let linked = try await UserLookup(call).children()
        let rest = linked.filter { $0 > paging.after ?? 0 }
        let page = Array(rest.prefix(paging.size))
        let users = try await users(page, principal, context)
        var response = WebResponse.json { json in
            json.array(of: users) { json, user in
                json.object { json in
                    json.member("id", user.id)
                    json.member("name", user.name)
                    json.member("sortable_name", user.sortableName)
                    json.member("short_name", user.shortName)
                }
            }
        }
        response.setLink(paging.link(for: request, next: rest.count > page.count ? page.last : nil))
        return response
    }

    /// Users by id.
    private static func users(
        _ ids: [Int64], _ principal: Principal, _ context: WebContext
    ) async throws -> [User] {
        let found: [User]
        do throws(DirectoryError) {
            found = try await Directory(pool: context.pool).users(ids, in: principal.institution)
        } catch {
            throw cause(of: error)
        }
        return found.sorted { $0.id < $1.id }
    }

    /// What the server's table knows to answer to.
    private static func cause(of error: DirectoryError) -> any Error {
        if case .database(let cause) = error { return cause }
        return error
    }
}
