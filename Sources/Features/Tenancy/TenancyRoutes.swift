package import WebServer

/// Every way into this feature over HTTP.
package enum TenancyRoutes {
    /// A sign-in is a few short strings.
    private static let smallBody = 16_384

    /// The routes; they need ``TenancyServices/provide(to:)`` on every loop.
    package static let all: [Route] =
        people + identity + OIDCRoutes.all + AuthorizationRoutes.all + TokenEndpoint.all

    private static let identity: [Route] = [
        .call("GET /api/v1/audit/events", AuditRoutes.list),
        .user("GET /api/v1/users/:user_id/tokens", TokenRoutes.list),
        .user("GET /api/v1/users/:user_id/user_generated_tokens", TokenRoutes.listOwn),
        .user("POST /api/v1/users/:user_id/tokens", bodyLimit: 131_072, TokenRoutes.create),
        .user("GET /api/v1/users/:user_id/tokens/:id", TokenRoutes.show),
        .user("PUT /api/v1/users/:user_id/tokens/:id", bodyLimit: 131_072, TokenRoutes.update),
        .user("DELETE /api/v1/users/:user_id/tokens/:id", TokenRoutes.delete),
        .call("GET /api/v1/users/self/sessions", SessionListRoutes.list),
        .call("DELETE /api/v1/users/self/sessions", SessionListRoutes.deleteOthers),
        .call("DELETE /api/v1/users/self/sessions/:id", SessionListRoutes.delete),
        .user("DELETE /api/v1/users/:user_id/sessions", SessionListRoutes.deleteAll),
        .open("POST /api/v1/password_resets", bodyLimit: smallBody, ResetRoutes.create),
        .open("PUT /api/v1/password_resets/:token", bodyLimit: smallBody, ResetRoutes.update),
        .call("GET /api/v1/oidc_provider", ProviderRoutes.show),
        .call("PUT /api/v1/oidc_provider", bodyLimit: smallBody, ProviderRoutes.update),
        .call("DELETE /api/v1/oidc_provider", ProviderRoutes.delete),
        .account("GET /api/v1/accounts/:account_id/developer_keys", DeveloperKeyRoutes.list),
        .account(
            "POST /api/v1/accounts/:account_id/developer_keys", bodyLimit: 131_072, DeveloperKeyRoutes.create),
        .call("PUT /api/v1/developer_keys/:id", bodyLimit: 131_072, DeveloperKeyRoutes.update),
        .call("DELETE /api/v1/developer_keys/:id", DeveloperKeyRoutes.delete),
        .user("POST /api/v1/users/:user_id/observer_pairing_codes", ParentRoutes.createCode),
        .user("POST /api/v1/users/:user_id/observees", bodyLimit: smallBody, ParentRoutes.link),
        .user("GET /api/v1/users/:user_id/observees", ParentRoutes.children),
        .user("GET /api/v1/users/:user_id/observees/:observee_id", ParentRoutes.child),
        .user("PUT /api/v1/users/:user_id/observees/:observee_id", ParentRoutes.put),
        .user("DELETE /api/v1/users/:user_id/observees/:observee_id", ParentRoutes.unlink),
        .user("GET /api/v1/users/:user_id/observers", ParentRoutes.parents),
        .user("GET /api/v1/users/:user_id/observers/:observer_id", ParentRoutes.parent),
    ]

    private static let people: [Route] = [
        .open("POST /api/v1/session", bodyLimit: smallBody, SessionRoutes.create),
        .open("GET /api/v1/sign_in", SignInPageRoutes.show),
        .call("GET /api/v1/session", SessionRoutes.show),
        .call("PUT /api/v1/session", bodyLimit: smallBody, SessionRoutes.change),
        .call("DELETE /api/v1/session", SessionRoutes.delete),
        .call("POST /api/v1/live_token", bodyLimit: smallBody, LiveTokenRoutes.create),
        .user("GET /api/v1/users/:id", at: "id", UserRoutes.show),
        .user("PUT /api/v1/users/:id", at: "id", UserRoutes.update),
        .user("GET /api/v1/users/:user_id/profile", UserRoutes.profile),
        .call("GET /api/v1/accounts", AccountRoutes.list),
        .call("GET /api/v1/accounts/search", AccountRoutes.search),
        .account("GET /api/v1/accounts/:id", at: "id", AccountRoutes.show),
        .account("PUT /api/v1/accounts/:id", at: "id", AccountRoutes.update),
        .account("GET /api/v1/accounts/:account_id/sub_accounts", AccountRoutes.listBelow),
        .account("POST /api/v1/accounts/:account_id/sub_accounts", AccountRoutes.create),
        .account("DELETE /api/v1/accounts/:account_id/sub_accounts/:id", AccountRoutes.delete),
        .account("GET /api/v1/accounts/:account_id/admins", AdminRoutes.list),
        .account("POST /api/v1/accounts/:account_id/admins", AdminRoutes.create),
        .account("DELETE /api/v1/accounts/:account_id/admins/:user_id", AdminRoutes.delete),
        .account("GET /api/v1/accounts/:account_id/roles", RoleRoutes.list),
        .account("POST /api/v1/accounts/:account_id/roles", bodyLimit: 131_072, RoleRoutes.create),
        .account("GET /api/v1/accounts/:account_id/roles/:id", RoleRoutes.show),
        .account("PUT /api/v1/accounts/:account_id/roles/:id", bodyLimit: 131_072, RoleRoutes.update),
        .account("DELETE /api/v1/accounts/:account_id/roles/:id", RoleRoutes.deactivate),
        .account("POST /api/v1/accounts/:account_id/roles/:id/activate", RoleRoutes.activate),
        .account("GET /api/v1/accounts/:account_id/scopes", RoleRoutes.scopes),
        .account("POST /api/v1/accounts/:account_id/users", UserRoutes.create),
        .account("DELETE /api/v1/accounts/:account_id/users/:user_id", UserRoutes.delete),
        .call("GET /api/v1/progress/:id", ProgressRoutes.show),
        .call("POST /api/v1/progress/:id/cancel", bodyLimit: smallBody, ProgressRoutes.cancel),
    ]
}
