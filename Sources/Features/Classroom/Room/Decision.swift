import JSON

/// What a room does about a command.
enum Decision: Sendable {
    /// An event is appended to a log.
    case append(Draft)
    /// An event is appended together with other changes of the database.
    case transact(Step)
    /// A reaction joins the others.
    case react(String)
    /// The log must be asked for a message first.
    case needsMessage(UInt64)
    case refuse(Refusal)

    static func refuse(_ reason: RefusalReason) -> Decision { .refuse(Refusal(reason)) }
}

/// An event that is to be appended.
struct Draft: Sendable, Equatable {
    let channel: ClassChannel
    let body: RawJSON
    /// Earlier events of the channel that this one hides.
    var hides: [UInt64] = []
    /// What one user is told on their own channel, in the same transaction.
    var notice: Notice?

    struct Notice: Sendable, Equatable {
        let user: Int64
        let body: RawJSON
    }
}

/// A change that reaches beyond the log.
enum Step: Sendable {
    case start
    case end
    case open(QuizOpening)
    case close(run: Int64)
    case reveal(run: Int64)

    /// The channel that its event goes to.
    var channel: ClassChannel {
        switch self {
        case .start, .end: .class
        case .open, .close, .reveal: .quiz
        }
    }
}

/// What was looked up before a decision.
struct Facts: Sendable {
    /// The member that the command is about, from the roster; `nil` when there is none.
    var target: ClassMember?
    /// The older message that the command is about, and whether the log was asked for it.
    var older: ChatMessage?
    var wasLogAsked = false
}
