import Assessment
import Courses
import EventLoop
import Postgres
import Tenancy

/// Fills the demo's database: what is there already stays, what is missing is made.
///
/// Confined to the pool's loop.
struct DemoSeed {
    private let pool: PostgresPool
    private let cost: ScryptCost

    /// Makes a seed.
    ///
    /// - Parameters:
    ///   - pool: The database, as the server's role.
    ///   - cost: What the one hash that everybody shares costs.
    init(pool: PostgresPool, cost: ScryptCost = .standard) {
        self.pool = pool
        self.cost = cost
    }

    /// Makes the institutions with their people, courses and quizzes.
    ///
    /// - Parameters:
    ///   - state: What earlier runs have made; brought up to date.
    ///   - save: Keeps the state, after each thing that could not be found again without it.
    /// - Returns: Everybody, with their secrets.
    /// - Throws: Whatever keeps something from being made; what was made before stays.
    func run(_ state: inout DemoState, save: (DemoState) throws -> Void) async throws -> DemoCast {
        var cast = DemoCast(schools: [], courses: [], quizzes: [])
        var hash: String?
        for school in DemoSchool.all {
            let made = try await people(of: school, &state, &hash)
            try save(state)
            let (course, section) = try await course(of: school, made, &state)
            try save(state)
            try await enroll(made, course: course, section: section)
            let quiz = try await quiz(of: school, made, course: course, &state)
            try save(state)
            cast.schools.append(made)
            cast.courses.append(course)
            cast.quizzes.append(quiz)
        }
        try await addCommuter(cast, hash)
        return cast
    }

    // MARK: People

    private func people(
        of school: DemoSchool, _ state: inout DemoState, _ hash: inout String?
    ) async throws -> DemoCast.School {
        let directory = Directory(pool: pool)
        let known = try await directory.institutions().first { $0.name == school.name }
        let institution =
            if let known { known } else {
                try await directory.createInstitution(name: school.name, accent: school.accent)
            }
        // Another id than the one remembered is another database: what was remembered of it is void.
        var mine =
            state.schools[school.name].flatMap { $0.id == institution.id.rawValue ? $0 : nil }
            ?? DemoState.School(id: institution.id.rawValue)
        let wanted: [(name: String, role: Role)] =
            [(school.admin, .admin), (school.instructor, .instructor), (school.parent, .parent)]
            + school.students.map { ($0, .student) }
        var users: [String: User] = [:]
        for (name, _) in wanted {
            users[name] = try await directory.user(login: school.login(of: name), in: institution.id)
        }
        let missing = wanted.filter { users[$0.name] == nil }
        if !missing.isEmpty {
            let stored = try await passwordHash(&hash)
            let made = try await directory.createUsers(
                missing.map {
                    NewUser(
                        login: school.login(of: $0.name), name: $0.name, roles: [$0.role],
                        passwordHash: stored)
                }, in: institution.id)
            for user in made { users[user.name] = user }
        }
        let without = wanted.compactMap { users[$0.name] }.filter {
            mine.tokens[school.login(of: $0.name)] == nil
        }
        let tokens = try await directory.createTokens(
            for: without.map(\.id), purpose: "demo", in: institution.id)
        for (user, token) in zip(without, tokens) { mine.tokens[school.login(of: user.name)] = token }
        state.schools[school.name] = mine

        func member(_ name: String) throws -> DemoCast.Member {
            let login = school.login(of: name)
            guard let user = users[name], let token = mine.tokens[login] else {
                throw DirectoryError.unknownUser
            }
            return DemoCast.Member(
                id: user.id, name: name, login: login, password: DemoCast.password, token: token)
        }
        let made = DemoCast.School(
            id: institution.id.rawValue, name: institution.name, admin: try member(school.admin),
            instructor: try member(school.instructor), parent: try member(school.parent),
            students: try school.students.map(member))
        try await directory.link(parent: made.parent.id, to: made.students[0].id, in: institution.id)
        return made
    }

    /// The stored form of the password, made when it is first needed: one hash for everybody is quick.
    private func passwordHash(_ hash: inout String?) async throws -> String {
        if let hash { return hash }
        let lane = PasswordLane(width: 1, backlog: 4, cost: cost)
        let made = try await lane.hash(DemoCast.password)
        hash = made
        return made
    }

    /// One person with users in both institutions: an assistant in the first, an instructor in the second.
    private func addCommuter(_ cast: DemoCast, _ hash: String?) async throws {
        let directory = Directory(pool: pool)
        let courses = CourseRegistry(pool: pool)
        for (place, school) in cast.schools.enumerated() {
            let institution = InstitutionID(rawValue: school.id)
            let login = DemoSchool.commuter.login
            guard try await directory.user(login: login, in: institution) == nil else { continue }
            var hash = hash
            let stored = try await passwordHash(&hash)
            let user = try await directory.createUser(
                NewUser(
                    login: login, name: DemoSchool.commuter.name, roles: [.instructor], passwordHash: stored),
                in: institution)
            let section = try await courses.createSection(
                name: "Section of \(user.name)", course: cast.courses[place], in: institution)
            try await courses.enroll(
                [user.id], as: place == 0 ? .ta : .teacher, course: cast.courses[place], section: section,
                in: institution)
        }
    }

    // MARK: Courses

    private func course(
        of school: DemoSchool, _ made: DemoCast.School, _ state: inout DemoState
    ) async throws -> (Int64, Int64) {
        let institution = InstitutionID(rawValue: made.id)
        let registry = CourseRegistry(pool: pool)
        if let course = state.schools[school.name]?.course, let section = state.schools[school.name]?.section,
            try await !registry.courses([course], in: institution).isEmpty
        {
            return (course, section)
        }
        let created = try await registry.create(
            name: school.course.name, code: school.course.code, in: institution)
        state.schools[school.name]?.course = created.course.id
        state.schools[school.name]?.section = created.section
        state.schools[school.name]?.quiz = nil
        state.schools[school.name]?.liveClass = nil
        state.schools[school.name]?.hasOtherClasses = false
        state.schools[school.name]?.hasContent = false
        return (created.course.id, created.section)
    }

    private func enroll(_ school: DemoCast.School, course: Int64, section: Int64) async throws {
        let institution = InstitutionID(rawValue: school.id)
        let registry = CourseRegistry(pool: pool)
        try await registry.enroll(
            [school.instructor.id], as: .teacher, course: course, section: section, in: institution)
        try await registry.enroll(
            school.students.map(\.id), as: .student, course: course, section: section, in: institution)
        try await registry.enroll(
            [school.parent.id], as: .observer, course: course, section: section, in: institution)
    }

    private func quiz(
        of school: DemoSchool, _ made: DemoCast.School, course: Int64, _ state: inout DemoState
    ) async throws -> Int64 {
        if let quiz = state.schools[school.name]?.quiz { return quiz }
        let created = try await QuizBank(pool: pool).create(
            title: school.quiz.title, questions: school.quiz.questions, course: course,
            in: InstitutionID(rawValue: made.id))
        state.schools[school.name]?.quiz = created.quiz
        return created.quiz
    }
}
