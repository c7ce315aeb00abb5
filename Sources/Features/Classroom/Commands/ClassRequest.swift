import Assessment
import JSON
import Postgres

/// One call as it was read: for which class, under which key, and what is asked for.
struct ClassRequest: Sendable {
    let method: ClassMethod
    /// The class's id.
    let id: Int64
    /// The client's key; zero for reads, which need none.
    let key: PostgresUUID
    /// Tells the same request under a key from another one.
    let digest: Int64
    let command: ClassCommand

    /// A request that the server itself makes, such as a route of the REST surface.
    init(method: ClassMethod, id: Int64, key: PostgresUUID, command: ClassCommand) {
        self.method = method
        self.id = id
        self.key = key
        self.command = command
        digest = CallDigest.of(method: method.rawValue, data: JSONObject())
    }

    /// Reads a call's data.
    ///
    /// - Throws: `FieldError`, which names the field.
    init(_ method: ClassMethod, _ data: JSONValue) throws(FieldError) {
        let fields = try JSONFields(data)
        self.method = method
        id = try fields.id("class")
        key = method.isRead ? PostgresUUID(high: 0, low: 0) : try fields.key()
        command = try ClassCommand(method, fields)
        digest = method.isRead ? 0 : CallDigest.of(method: method.rawValue, data: fields.object)
    }
}

extension JSONFields {
    func key() throws(FieldError) -> PostgresUUID {
        guard let key = PostgresUUID(try string("key", in: 1...64)) else {
            throw error("key", .other("must be a UUID"))
        }
        return key
    }

    fileprivate func offset(_ name: String) throws(FieldError) -> UInt64 { UInt64(try id(name)) }
}

extension ClassCommand {
    /// Characters that a reason may have.
    private static let reasonLength = 500
    /// A chat text longer than this is malformed; between this and the limit of messages it is refused by a rule.
    private static let longestText = 65_536
    /// A mute lasts a day at most.
    private static let longestMute = 86_400

    init(_ method: ClassMethod, _ fields: JSONFields) throws(FieldError) {
        switch method {
        case .start: self = .start
        case .end: self = .end
        case .lock: self = .lock(try ClassCommand.locks(fields))
        case .announce: self = .announce(try fields.string("text", in: 1...ChatState.textLength))
        case .send, .edit, .delete, .pin: self = try ClassCommand.chat(method, fields)
        case .apply: self = .apply(try fields.boardRequests())
        case .allow: self = .allow(try ClassCommand.drawing(fields))
        case .show: self = .show(try ClassCommand.stage(try fields.fields("stage")))
        case .open: self = .open(try QuizOpening(fields))
        case .answer:
            _ = try fields.value("answer")
            _ = try fields.id("question")
            self = .answer(run: try fields.id("run"), fields)
        case .close: self = .close(run: try fields.id("run"))
        case .reveal: self = .reveal(run: try fields.id("run"))
        case .raise: self = .raise
        case .lower: self = .lower(user: try fields.optionalID("user"))
        case .react: self = .react(try ClassCommand.emoji(fields))
        case .mute:
            self = .mute(
                user: try fields.id("user"),
                seconds: Int64(try fields.int("seconds", in: 0...ClassCommand.longestMute)),
                reason: try fields.optionalString("reason", max: ClassCommand.reasonLength))
        case .remove:
            let user = try fields.id("user")
            let reason = try fields.optionalString("reason", max: ClassCommand.reasonLength)
            let seconds = try fields.optionalInt("seconds", in: 0...ClassCommand.longestMute)
            guard seconds ?? 0 == 0 else {
                throw fields.error("seconds", .other("must be 0, which takes a removal back, or missing"))
            }
            self = seconds == nil ? .remove(user: user, reason: reason) : .readmit(user: user)
        case .me: self = .me
        case .members: self = .members(try MemberPage(fields))
        case .history:
            self = .history(
                before: try fields.optionalID("before").map(UInt64.init),
                limit: try fields.optionalInt("limit", in: 1...ChatState.window) ?? ChatState.window)
        }
    }

    private static func chat(_ method: ClassMethod, _ fields: JSONFields) throws(FieldError) -> ClassCommand {
        switch method {
        case .send:
            return .send(
                text: try text(fields), replyTo: try fields.optionalID("reply_to").map(UInt64.init))
        case .edit: return .edit(message: try fields.offset("message"), text: try text(fields))
        case .delete: return .delete(message: try fields.offset("message"))
        default: return .pin(message: try fields.offset("message"), pinned: try fields.bool("pinned"))
        }
    }

    private static func text(_ fields: JSONFields) throws(FieldError) -> String {
        let text = try fields.string("text", in: 1...longestText)
        guard !text.allSatisfy(\.isWhitespace) else { throw fields.error("text", .tooShort(1)) }
        return text
    }

    private static func locks(_ fields: JSONFields) throws(FieldError) -> Locks {
        let locks = Locks(
            chat: try fields.optionalBool("chat"), board: try fields.optionalBool("board"),
            joining: try fields.optionalBool("joining"))
        guard locks != Locks() else {
            throw fields.error("chat", .other("or \"board\" or \"joining\" is missing"))
        }
        return locks
    }

    private static func drawing(_ fields: JSONFields) throws(FieldError) -> ClassState.Drawing {
        switch try fields.value("draw") {
        case .array:
            let users = try fields.ids("draw", in: 0...1_000)
            return .users(Set(users).sorted())
        case .string("all"): return .all
        case .string("staff"): return .staff
        default: throw fields.error("draw", .other("must be \"all\", \"staff\" or a list of users' ids"))
        }
    }

    private static func stage(_ fields: JSONFields) throws(FieldError) -> ClassState.Stage {
        let kinds = ClassState.Stage.Kind.allCases.map(\.rawValue)
        let name = try fields.string("kind", oneOf: kinds)
        let url = try fields.optionalString("url", in: 1...2_000)
        if let url {
            // Pages show it in a frame or an image: nothing that could run as a script may get there.
            guard
                url.hasPrefix("https://") || url.hasPrefix("http://")
                    || (url.hasPrefix("/") && !url.hasPrefix("//"))
            else { throw fields.error("url", .other("must begin with https://, http:// or /")) }
        }
        guard let kind = ClassState.Stage.Kind(rawValue: name) else {
            throw fields.error("kind", .notOneOf(kinds))
        }
        return ClassState.Stage(kind: kind, url: url)
    }

    private static func emoji(_ fields: JSONFields) throws(FieldError) -> String {
        let emoji = try fields.string("emoji", in: 1...16)
        // One character as people see it, and none that is text.
        guard emoji.count == 1, emoji.unicodeScalars.contains(where: { $0.value > 0xFF }) else {
            throw fields.error("emoji", .other("must be one emoji"))
        }
        return emoji
    }
}

extension QuizOpening {
    init(_ fields: JSONFields) throws(FieldError) {
        if case .object? = fields.object["question"] {
            source = .typed(try Question(try fields.fields("question"), naming: .live))
        } else {
            let question = try fields.id("question")
            source = .prepared(quiz: try fields.id("quiz"), question: question)
        }
        seconds = try fields.optionalInt("seconds", in: 5...3600).map(Int64.init)
        let choices = AnswerChange.allCases.map(\.rawValue)
        answerChange =
            try fields.optionalString("answer_change", oneOf: choices).flatMap(AnswerChange.init) ?? .never
    }
}

extension MemberPage {
    init(_ fields: JSONFields) throws(FieldError) {
        search = try fields.optionalString("search", max: 200)
        limit = try fields.optionalInt("limit", in: 1...100) ?? 50
        guard let text = try fields.optionalString("after", max: 400) else {
            after = nil
            return
        }
        guard let cursor = MemberCursor(text) else {
            throw fields.error("after", .other("is no place in the list"))
        }
        after = cursor
    }
}
