import JSON

/// What the demo remembers beside its database: secrets, and what it has made already.
///
/// Kept in a file of mode 0600.
struct DemoState: Equatable, Sendable {
    /// What the demo has made in one institution.
    struct School: Equatable, Sendable {
        var id: Int64
        var course: Int64?
        var section: Int64?
        var quiz: Int64?
        var liveClass: Int64?
        /// Whether the scheduled and the ended class are made.
        var hasOtherClasses = false
        /// Whether the course has pages, announcements, files and modules.
        var hasContent = false
        /// Access tokens by login; the database has only their hashes.
        var tokens: [String: String] = [:]

        init(id: Int64) { self.id = id }
    }

    /// What live tokens are signed with.
    var secret: String
    /// By name.
    var schools: [String: School] = [:]

    /// A state for a database that is new.
    static func fresh() -> DemoState { DemoState(secret: randomText()) }

    /// 64 digits that nobody guesses.
    static func randomText() -> String {
        var generator = SystemRandomNumberGenerator()
        let words = (0..<4).map { _ in generator.next() }
        let digits = words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits.joined()
    }

    // MARK: As a file

    /// Reads the state; `nil` when there is none or when it was written by somebody else.
    static func read(_ path: String) throws(PrivateFile.Failure) -> DemoState? {
        guard let bytes = try PrivateFile.read(path), let value = try? JSONReader.read(bytes),
            let secret = value["secret"]?.string, secret.utf8.count >= 32
        else { return nil }
        var state = DemoState(secret: secret)
        for member in value["schools"]?.object?.members ?? [] {
            guard let id = member.value["id"]?.int else { continue }
            var school = School(id: Int64(id))
            school.course = member.value["course"]?.int.map(Int64.init)
            school.section = member.value["section"]?.int.map(Int64.init)
            school.quiz = member.value["quiz"]?.int.map(Int64.init)
            school.liveClass = member.value["live_class"]?.int.map(Int64.init)
            school.hasOtherClasses = member.value["has_other_classes"]?.bool ?? false
            school.hasContent = member.value["has_content"]?.bool ?? false
            for token in member.value["tokens"]?.object?.members ?? [] {
                school.tokens[token.name] = token.value.string
            }
            state.schools[member.name] = school
        }
        return state
    }

    func write(_ path: String) throws(PrivateFile.Failure) {
        let json = RawJSON { json in
            json.object { json in
                json.member("secret", secret)
                json.object("schools") { json in
                    for (name, school) in schools.sorted(by: { $0.key < $1.key }) {
                        json.object(name) { DemoState.write(school, &$0) }
                    }
                }
            }
        }
        try PrivateFile.write(json.bytes, to: path)
    }

    private static func write(_ school: School, _ json: inout JSONWriter) {
        json.member("id", school.id)
        json.member("course", school.course)
        json.member("section", school.section)
        json.member("quiz", school.quiz)
        json.member("live_class", school.liveClass)
        json.member("has_other_classes", school.hasOtherClasses)
        json.member("has_content", school.hasContent)
        json.object("tokens") { json in
            for (login, token) in school.tokens.sorted(by: { $0.key < $1.key }) { json.member(login, token) }
        }
    }
}
