import JSON
import Tenancy

extension EnrollmentType {
    /// Reads what an enrolment is to be: `type`, or a built-in role by `role` or `role_id`; what is given must agree.
    ///
    /// - Throws: An error that names the field.
    static func wanted(_ fields: JSONFields) throws -> EnrollmentType {
        var found: EnrollmentType?
        for name in ["type", "role", "role_id"] {
            guard fields.has(name) else { continue }
            let type: EnrollmentType?
            if name == "role_id" {
                let id = try fields.optionalID(name)
                type = allCases.first { RoleIDs.of($0.rawValue) == id }
            } else {
                type = try fields.optionalString(name, max: 40).flatMap(EnrollmentType.init(rawValue:))
            }
            guard let type else { throw fields.error(name, .notOneOf(allCases.map(\.rawValue))) }
            guard found == nil || found == type else {
                throw fields.error(name, .other("must be that of the type"))
            }
            found = type
        }
        guard let found else { throw fields.error("type", .missing) }
        return found
    }
}
