/// Every RPC method and every signal of a class: the one list of the ways in over the live protocol.
package enum ClassMethod: String, Hashable, Sendable, CaseIterable {
    case start = "class.start"
    case end = "class.end"
    case lock = "class.lock"
    case announce = "class.announce"
    case send = "chat.send"
    case edit = "chat.edit"
    case delete = "chat.delete"
    case pin = "chat.pin"
    case apply = "board.apply"
    case allow = "board.allow"
    case show = "stage.show"
    case open = "quiz.open"
    case answer = "quiz.answer"
    case close = "quiz.close"
    case reveal = "quiz.reveal"
    case raise = "hand.raise"
    case lower = "hand.lower"
    case react = "react"
    case mute = "member.mute"
    case remove = "member.remove"
    case me = "class.me"
    case members = "member.list"
    case history = "chat.history"

    /// Whether it only reads: then it needs no key.
    package var isRead: Bool {
        switch self {
        case .me, .members, .history: true
        default: false
        }
    }
}

/// What clients send without waiting for an answer; the raw value is the data's `type`.
package enum ClassSignal: String, Hashable, Sendable, CaseIterable {
    case cursor = "board.cursor"
    case stroke = "board.stroke.live"
    case typing = "chat.typing"
}
