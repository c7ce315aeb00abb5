package import WebServer

/// Who may use which route of this feature: the one table of it.
package enum OperationsPermissions {
    /// A route, by method and pattern.
    package enum Action: String, CaseIterable, Sendable {
        case showLive = "GET /api/v1/ops/live"
        case setNode = "PUT /api/v1/ops/nodes/:id"
    }

    /// The roles that may.
    ///
    /// What they see is their own institution, and everything for an operator; only operators change nodes.
    package static func roles(_ action: Action) -> Set<String> {
        switch action {
        case .showLive, .setNode: ["admin"]
        }
    }

    /// Lets pass who holds one of the roles.
    ///
    /// - Throws: 403 for all others.
    package static func require(_ action: Action, _ principal: Principal) throws(WebError) {
        guard principal.roles.isDisjoint(with: roles(action)) else { return }
        throw .forbidden
    }
}
