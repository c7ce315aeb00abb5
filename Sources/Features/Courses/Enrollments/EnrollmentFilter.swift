import JSON
import Postgres
import Tenancy
import WebServer

/// Which enrolments a list holds, as its query says.
struct EnrollmentFilter {
    private let types: [EnrollmentType]
    private let states: [EnrollmentRecord.State]

    /// Reads `type[]` or `role[]`, and `state[]`.
    ///
    /// - Throws: An error that names what cannot be understood.
    init(_ request: WebRequest) throws {
        let query = try request.queryFields()
        var types: [EnrollmentType] = []
        for name in try query.texts("type", atMost: 10) + query.texts("role", atMost: 10) {
            guard let type = EnrollmentType(rawValue: name) else {
                throw query.error("type", .notOneOf(EnrollmentType.allCases.map(\.rawValue)))
            }
            types.append(type)
        }
        self.types = types.isEmpty ? EnrollmentType.allCases : types
        var states: [EnrollmentRecord.State] = []
        for name in try query.texts("state", atMost: 10) {
            // Canvas's names for several states.
            switch name {
            case "current_and_invited": states += [.invited, .active]
            case "current_and_future": states += [.active]
            case "current_and_concluded": states += [.active, .completed]
            default:
                guard let state = EnrollmentRecord.State(rawValue: name) else {
                    throw query.error("state", .notOneOf(EnrollmentRecord.State.allCases.map(\.rawValue)))
                }
                states.append(state)
            }
        }
        self.states = states.isEmpty ? [.invited, .active] : states
    }

    /// The types as a parameter.
    var typeNames: PostgresValue { .textArray(Set(types.map(\.rawValue)).sorted()) }
    /// The states as a parameter.
    var stateNames: PostgresValue { .textArray(Set(states.map(\.rawValue)).sorted()) }
}
