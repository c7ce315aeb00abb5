import JSON
import WebServer

/// What roles there are and what they may do, out of the table of permissions.
enum RoleRoutes {
    private struct AccountRole {
        let name: String
        let label: String
        let base: String
        let standing: CourseRole?
        var kind: StaffKind?
        var id: Int64 { RoleIDs.of(name) }
    }

    // The names are Canvas's.
    private static let roles: [AccountRole] = [
        AccountRole(
            name: "AccountAdmin", label: "Account Admin", base: "AccountMembership", standing: nil,
            kind: .admin),
        AccountRole(
            name: "StudentEnrollment", label: "Student", base: "StudentEnrollment", standing: .student),
        AccountRole(
            name: "TeacherEnrollment", label: "Teacher", base: "TeacherEnrollment", standing: .staff,
            kind: .teacher),
        AccountRole(
            name: "TaEnrollment", label: "TA", base: "TaEnrollment", standing: .staff, kind: .assistant),
        AccountRole(
            name: "DesignerEnrollment", label: "Designer", base: "DesignerEnrollment", standing: .staff,
            kind: .designer),
        AccountRole(
            name: "ObserverEnrollment", label: "Observer", base: "ObserverEnrollment",
            standing: .observer),
    ]

    /// `GET /api/v1/accounts/:account_id/roles`: the built-in roles, each with the ways that are open to it.
    static func list(_ call: Call, _ account: Account) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rest = roles.filter { $0.id > paging.after ?? 0 }.dropFirst(paging.offset)
        return .page(Array(rest.prefix(paging.size + 1)), paging, for: call.request, id: \.id) { json, role in
            json.object { json in
                json.member("id", role.id)
                json.member("role", role.name)
                json.member("label", role.label)
                json.member("base_role_type", role.base)
                json.member("workflow_state", "built_in")
                json.object("permissions") { json in
                    for permission in PermissionTable.all where isOpen(permission, to: role) {
                        guard let scope = permission.scope else { continue }
                        json.object(scope) { json in
                            json.member("enabled", true)
                            json.member("locked", true)
                            json.member("readonly", true)
                            json.member("explicit", false)
                        }
                    }
                }
            }
        }
    }

    private static func isOpen(_ permission: Permission, to role: AccountRole) -> Bool {
        switch permission.rule {
        case .anyone, .own: true
        case .course:
            permission.admits(
                CourseStanding(
                    role: role.standing ?? .staff, kinds: Set([role.kind].compactMap(\.self)),
                    isLimitedToSections: false, isCurrent: true, isConcluded: false))
        case .institution(let roles):
            role.standing == nil
                ? roles.contains(.admin) : role.standing == .staff && roles.contains(.instructor)
        case .account: role.standing == nil
        case .user(let relations): relations.contains(role.standing == nil ? .admin : .oneself)
        }
    }

    /// `GET /api/v1/accounts/:account_id/scopes`: what a token can be limited to, with `group_by=resource_name`.
    static func scopes(_ call: Call, _ account: Account) async throws -> WebResponse {
        let isGrouped =
            try call.request.queryFields().optionalString(
                "group_by", oneOf: ["resource_name"]) != nil
        let all = Permissions.scopes.map(Scope.init)
        guard isGrouped else {
            let paging = try Paging(call.request)
            let start = Int(paging.after ?? 0) + paging.offset
            let numbered = all.enumerated().dropFirst(start).prefix(paging.size + 1).map { $0 }
            return .page(numbered, paging, for: call.request, id: { Int64($0.offset) + 1 }) { json, item in
                item.element.write(&json)
            }
        }
        let groups = Dictionary(grouping: all, by: \.resource)
        return .json { json in
            json.object { json in
                for name in groups.keys.sorted() {
                    json.array(name, of: groups[name] ?? []) { $1.write(&$0) }
                }
            }
        }
    }

    private struct Scope {
        let text: String
        let verb: String
        let path: String
        let resource: String

        init(_ text: String) {
            self.text = text
            let parts = text.dropFirst("url:".count).split(separator: "|", maxSplits: 1)
            verb = String(parts[0])
            path = String(parts[1])
            resource =
                path.split(separator: "/").dropFirst(2).last { !$0.hasPrefix(":") }.map(String.init) ?? ""
        }

        func write(_ json: inout JSONWriter) {
            json.object { json in
                json.member("resource", resource)
                json.member("resource_name", resource)
                json.member("verb", verb)
                json.member("path", path)
                json.member("scope", text)
            }
        }
    }
}
