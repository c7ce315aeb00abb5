import Classroom
import HTTPTypes
import Postgres
import Tenancy
import WebServer

/// Makes the demo's live classes, and starts the one that is to be live.
///
/// Confined to the context's loop.
///
/// Starting passes through the route, as if the instructor had done it.
struct DemoClasses {
    private let context: WebContext
    private let routes: [Route]

    init(context: WebContext, classroom: ClassroomFeature) {
        self.context = context
        routes = ClassroomRoutes.all(classroom)
    }

    /// Sees to it that each course has a class that is live, one that is scheduled and one that has ended.
    ///
    /// - Parameters:
    ///   - cast: Who has been made.
    ///   - state: What earlier runs have made; brought up to date.
    ///   - save: Keeps the state.
    /// - Returns: The class that is live in each institution.
    /// - Throws: Whatever keeps a class from being made or started.
    func run(
        _ cast: DemoCast, _ state: inout DemoState, save: (DemoState) throws -> Void
    ) async throws -> [Int64] {
        var live: [Int64] = []
        for (place, school) in DemoSchool.all.enumerated() {
            let course = Course(cast.schools[place], id: cast.courses[place])
            if state.schools[school.name]?.hasOtherClasses != true {
                try await makeOthers(school, course)
                state.schools[school.name]?.hasOtherClasses = true
                try save(state)
            }
            let id = try await liveClass(school, course, known: state.schools[school.name]?.liveClass)
            state.schools[school.name]?.liveClass = id
            try save(state)
            live.append(id)
        }
        return live
    }

    /// A course with who teaches it.
    private struct Course {
        let id: Int64
        let institution: InstitutionID
        let instructor: DemoCast.Member

        init(_ school: DemoCast.School, id: Int64) {
            self.id = id
            institution = InstitutionID(rawValue: school.id)
            instructor = school.instructor
        }
    }

    private var store: LiveClassStore { LiveClassStore(pool: context.pool) }

    private func liveClass(_ school: DemoSchool, _ course: Course, known: Int64?) async throws -> Int64 {
        let classes = try await store.list(
            courses: [course.id], phases: [.live, .scheduled], count: 1000, in: course.institution)
        if let known, let mine = classes.first(where: { $0.id == known }) {
            if mine.phase == .scheduled { try await change("start", mine.id, course) }
            return mine.id
        }
        if let other = classes.first(where: { $0.phase == .live }) { return other.id }
        let id = try await create(school.classes.live, course, scheduledAt: nil)
        try await change("start", id, course)
        return id
    }

    private func makeOthers(_ school: DemoSchool, _ course: Course) async throws {
        let hour: Int64 = 3_600_000
        let now = context.nowMilliseconds
        _ = try await create(school.classes.scheduled, course, scheduledAt: (now / hour + 48) * hour)
        let ended = try await create(school.classes.ended, course, scheduledAt: (now / hour) * hour)
        try await change("start", ended, course)
        try await change("end", ended, course)
    }

    private func create(_ title: String, _ course: Course, scheduledAt: Int64?) async throws -> Int64 {
        try await store.create(
            title: title, course: course.id, scheduledAt: scheduledAt, by: course.instructor.id,
            at: context.nowMilliseconds, in: course.institution)
    }

    /// Starts or ends a class by its route.
    private func change(_ verb: String, _ id: Int64, _ course: Course) async throws {
        let route = routes.first { $0.method == .post && $0.pattern.hasSuffix("/live_classes/:id/\(verb)") }
        guard let route, case .answer(let handler) = route.action else {
            preconditionFailure("there is no route to \(verb) a class")
        }
        var request = WebRequest(method: .post, path: "/api/v1/live_classes/\(id)/\(verb)")
        request.parameters = ["id": String(id)]
        request.receivedAt = context.nowMilliseconds
        request.principal = Principal(
            institution: course.institution, user: course.instructor.id, person: 0,
            name: course.instructor.name,
            login: course.instructor.login, roles: ["instructor"], credential: .bearer(token: 0))
        _ = try await handler(request, context)
    }
}
