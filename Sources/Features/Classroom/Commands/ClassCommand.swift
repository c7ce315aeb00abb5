import Assessment
import JSON

/// What a member asks for, read and checked as far as it can be without knowing the class.
enum ClassCommand: Sendable {
    /// Which locks are to change, and to what.
    struct Locks: Hashable, Sendable {
        var chat: Bool?
        var board: Bool?
        var joining: Bool?
    }

    case start
    case end
    case lock(Locks)
    case announce(String)
    case send(text: String, replyTo: UInt64?)
    case edit(message: UInt64, text: String)
    case delete(message: UInt64)
    case pin(message: UInt64, pinned: Bool)
    case apply([BoardRequest])
    case allow(ClassState.Drawing)
    case show(ClassState.Stage)
    case open(QuizOpening)
    /// The members that an answer's submission is read from.
    case answer(run: Int64, JSONFields)
    case close(run: Int64)
    case reveal(run: Int64)
    case raise
    /// `nil` lowers one's own.
    case lower(user: Int64?)
    case react(String)
    case mute(user: Int64, seconds: Int64, reason: String?)
    case remove(user: Int64, reason: String?)
    /// Takes a removal back.
    case readmit(user: Int64)
    case me
    case members(MemberPage)
    case history(before: UInt64?, limit: Int)
}

/// A question to be opened.
struct QuizOpening: Sendable {
    let source: QuizRuns.Opening.Source
    let seconds: Int64?
    let answerChange: AnswerChange
}

/// A page of the roster.
struct MemberPage: Hashable, Sendable {
    let search: String?
    /// The place after which the page begins, as ``MemberCursor`` has it.
    let after: MemberCursor?
    let limit: Int
}

/// The place of one member in the roster's order, as clients hand it back: opaque to them.
struct MemberCursor: Hashable, Sendable {
    let name: String
    let id: Int64

    init(name: String, id: Int64) {
        self.name = name
        self.id = id
    }

    /// `name|id`.
    var text: String { "\(name)|\(id)" }

    init?(_ text: String) {
        guard let bar = text.lastIndex(of: "|"), let id = Int64(text[text.index(after: bar)...]) else {
            return nil
        }
        self.init(name: String(text[..<bar]), id: id)
    }
}
