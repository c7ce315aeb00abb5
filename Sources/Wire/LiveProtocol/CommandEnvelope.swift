import JSON

/// What stood in one command, in whatever form it came.
struct CommandEnvelope {
    /// `nil` when there is something that is no id.
    var id: UInt32? = 0
    var kind: Command.Kind?
    /// The first thing that is wrong.
    var problem: FieldError?
    /// Whether there was no member but perhaps the id.
    var isEmpty = true
    var isSend = false

    /// Judges what was read: the protocol's rules about ids, and what has to be answered how.
    func command() throws(CommandError) -> Command {
        guard let id else { throw .badID }
        if let kind, case .send = kind, problem == nil { return Command(id: 0, kind) }
        if id == 0 {
            if isEmpty { return Command(id: 0, .pong) }
            if isSend, let problem { throw .unanswerable(problem) }
            throw .unnumbered
        }
        if let problem { throw .refused(id: id, .badRequest(problem.message)) }
        guard let kind else { throw .refused(id: id, ProtocolError(.methodNotFound)) }
        return Command(id: id, kind)
    }
}
