/// Whom the demo has made, with what they sign in with.
struct DemoCast: Equatable, Sendable {
    /// One user.
    struct Member: Equatable, Sendable {
        let id: Int64
        let name: String
        let login: String
        let password: String
        let token: String
    }

    /// The users of one institution.
    struct School: Equatable, Sendable {
        let id: Int64
        let name: String
        let admin: Member
        let instructor: Member
        let parent: Member
        let students: [Member]
    }

    /// The password of everybody; the demo serves this machine alone.
    static let password = "learn-together"

    var schools: [School]
    /// Course and quiz of each institution, in the same order.
    var courses: [Int64]
    var quizzes: [Int64]
}
