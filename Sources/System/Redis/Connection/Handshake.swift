/// What a new connection says first, and what the replies mean.
///
/// Pure. All of it leaves in one go. `PING` comes last: it is what a server that loads its data, or a replica without
/// its master, refuses.
struct Handshake {
    enum Outcome: Equatable { case goOn, done, failed(RedisError) }

    private enum Step { case hello, authenticate, name, select, ping }

    /// The commands, in order.
    let commands: [[RedisArgument]]
    private let steps: [Step]
    private var answered = 0

    init(_ settings: RedisSettings) {
        var steps: [Step] = []
        var commands: [[RedisArgument]] = []
        let name = RedisArgument(settings.clientName)
        switch settings.protocolVersion {
        case .resp3:
            var hello: [RedisArgument] = ["HELLO", 3]
            if let password = settings.password {
                hello += ["AUTH", RedisArgument(settings.user ?? "default"), RedisArgument(password)]
            }
            steps.append(.hello)
            commands.append(hello + ["SETNAME", name])
        case .resp2:
            if let password = settings.password {
                steps.append(.authenticate)
                let user = settings.user.map { [RedisArgument($0)] } ?? []
                commands.append(["AUTH"] + user + [RedisArgument(password)])
            }
            steps.append(.name)
            commands.append(["CLIENT", "SETNAME", name])
        }
        if settings.database != 0 {
            steps.append(.select)
            commands.append(["SELECT", RedisArgument(settings.database)])
        }
        steps.append(.ping)
        commands.append(["PING"])
        self.steps = steps
        self.commands = commands
    }

    /// Takes the next reply; ends with the first that fails.
    mutating func receive(_ reply: RedisValue) -> Outcome {
        guard answered < steps.count else { return .failed(.garbage(.unexpectedReply)) }
        let step = steps[answered]
        answered += 1
        if case .error(let error) = reply {
            switch (step, error) {
            // A connection without a name works as well: rights may be few.
            case (.name, .noPermission), (.name, .other): break
            case (.authenticate, .other), (.hello, .other(_, _)):
                return .failed(.unavailable(RedisError.server(error).description))
            default: return .failed(.server(error))
            }
        }
        return answered == steps.count ? .done : .goOn
    }
}
