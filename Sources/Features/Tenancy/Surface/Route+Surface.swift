import HTTPTypes
package import WebServer

/// Routes of the REST surface, each made from its row of the table of permissions.
extension Route {
    /// Answers somebody who may be anyone.
    package typealias OpenHandler = @Sendable (WebRequest, WebContext) async throws -> WebResponse
    /// Answers a call of a user.
    package typealias CallHandler = @Sendable (Call) async throws -> WebResponse
    /// Answers a call that is about a user.
    package typealias UserHandler = @Sendable (Call, _ user: Int64) async throws -> WebResponse

    /// A route that is open to anyone.
    package static func open(
        _ way: String, bodyLimit: Int = usualBodyLimit, _ handler: @escaping OpenHandler
    ) -> Route {
        precondition(Permissions.of(way).rule == .anyone, "\(way) is not open to anyone")
        return surface(way, bodyLimit: bodyLimit, handler)
    }

    /// A route for users, by whatever rule: their own, their role's, or one that the handler finds out with
    /// ``Permissions``.
    package static func call(
        _ way: String, bodyLimit: Int = usualBodyLimit, _ handler: @escaping CallHandler
    ) -> Route {
        let (rule, care) = (Permissions.of(way).rule, Permissions.of(way).care)
        return surface(way, bodyLimit: bodyLimit) { request, context in
            let call = Call(
                request: request, context: context, principal: try request.signedIn(), care: care)
            if case .institution(let roles) = rule {
                guard !Role.set(call.principal.roles).isDisjoint(with: roles) else {
                    throw WebError.forbidden
                }
            }
            return try await handler(call)
        }
    }

    /// A route about the user that the path names: by an id, as `self`, or by an id of the student information system.
    ///
    /// 404 for a user who is not there for the institution, 403 for one whom the caller has nothing to do with.
    ///
    /// - Parameters:
    ///   - way: The way in, as the table has it.
    ///   - name: The segment that names the user.
    ///   - bodyLimit: The largest body.
    ///   - handler: Answers; gets the user's id.
    /// - Returns: The route.
    package static func user(
        _ way: String, at name: String = "user_id", bodyLimit: Int = usualBodyLimit,
        _ handler: @escaping UserHandler
    ) -> Route {
        guard case .user(let relations) = Permissions.of(way).rule else {
            preconditionFailure("\(way) is not about a user")
        }
        let care = Permissions.of(way).care
        return surface(way, bodyLimit: bodyLimit) { request, context in
            let call = Call(
                request: request, context: context, principal: try request.signedIn(), care: care)
            let user = try await UserLookup(call).find(request.parameters[name] ?? "")
            guard try await UserLookup(call).may(relations, user) else { throw WebError.forbidden }
            return try await handler(call, user)
        }
    }

    /// A route of the surface as the conventions want it: scopes, budget, ids as strings.
    ///
    /// For the wrappers of features, which check the rule of the row: see ``call(_:bodyLimit:_:)``.
    package static func surface(
        _ way: String, bodyLimit: Int = usualBodyLimit, _ handler: @escaping Handler
    ) -> Route {
        let permission = Permissions.of(way)
        let parts = way.split(separator: " ")
        guard parts.count == 2, let method = HTTPRequest.Method(String(parts[0])),
            let scope = permission.scope
        else { preconditionFailure("\(way) is no route") }
        let isFree = RequestCharge.free.contains(way)
        let access: Access = permission.rule == .anyone ? .anyone : .signedIn
        let whole = Catalogue.answering(way, method, handler)
        var route = Route(method, String(parts[1]), access: access, bodyLimit: bodyLimit) {
            request, context in
            if let scopes = request.principal?.scopes, !scopes.contains(scope) {
                throw WebError.forbidden(
                    "The access token lacks the scope \(scope).", code: "insufficient_scope")
            }
            let charge = isFree ? nil : try await RequestCharge.begin(request, context)
            do {
                var response = try await whole(request, context)
                charge?.end(&response.headers)
                return response
            } catch {
                var (told, cause) = ErrorAnswers.judged(error)
                guard let charge else { throw error }
                var headers = told.headers
                charge.end(&headers)
                guard cause == nil else { throw error }
                told.headers = headers
                throw told
            }
        }
        if Catalogue.kept.contains(way) {
            route.recall = { request, context in
                guard let principal = request.principal, principal.scopes?.contains(scope) ?? true else {
                    return nil
                }
                return Catalogue.echo(request, principal, context, handler)
            }
        }
        return route
    }
}
