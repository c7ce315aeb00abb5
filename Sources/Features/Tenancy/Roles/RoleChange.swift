import JSON
import WebServer

/// What a request says of a role's permissions: checked against the one table, nothing done yet.
struct RoleChange: Hashable, Sendable {
    /// Ways that are taken from the role, and ways that it gets back.
    private(set) var denied: Set<String> = []
    private(set) var allowed: Set<String> = []

    private static let byScope: [String: Permission] = Dictionary(
        uniqueKeysWithValues: PermissionTable.all.compactMap { row in row.scope.map { ($0, row) } })

    /// Reads the members of `permissions`, each a scope with `enabled`.
    ///
    /// - Parameters:
    ///   - fields: The request's members.
    ///   - base: The built-in role that bounds the role.
    /// - Throws: 400 for what is no scope (`unknown_scope`), for more than the base may (`beyond_base`), and for what
    ///   cannot be taken away (`not_overridable`).
    init(_ fields: JSONFields, base: String) throws {
        guard let role = AccountRole.builtIn.first(where: { $0.base == base }),
            let permissions = try fields.optionalFields("permissions")
        else { return }
        for member in permissions.object.members {
            let field = permissions.path(of: member.name)
            guard let row = Self.byScope[member.name] else {
                throw WebError.invalid("It is no permission.", field: field, code: "unknown_scope")
            }
            guard let isEnabled = try permissions.fields(member.name).optionalBool("enabled") else {
                continue
            }
            guard role.isWithinBase(row) || !isEnabled else {
                throw WebError.invalid(
                    "The base role may not do it, so the role cannot.", field: field, code: "beyond_base")
            }
            guard isEnabled || AccountRole.isOverridable(row) else {
                throw WebError.invalid(
                    "It cannot be taken from a role.", field: field, code: "not_overridable")
            }
            if isEnabled { allowed.insert(row.way) } else { denied.insert(row.way) }
        }
    }

    /// What is denied after the change.
    func applied(to former: Set<String>) -> [String] { former.subtracting(allowed).union(denied).sorted() }
}
