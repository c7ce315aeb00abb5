package import LiveProtocol

/// What a decoder makes of one frame of commands.
package struct CommandReading: Equatable {
    package private(set) var commands: [Command] = []
    package private(set) var refusals: [CommandError] = []
    package private(set) var end: CommandError?

    package init(_ frame: [UInt8], _ form: MessageForm) {
        var decoder = CommandDecoder(frame: frame, form: form)
        // Every command takes at least one byte.
        for _ in 0...frame.count {
            do throws(CommandError) {
                guard let command = try decoder.next() else { return }
                hold(end == nil, "a frame goes on after its end")
                CommandReading.check(command)
                commands.append(command)
            } catch {
                hold(!error.message.isEmpty && !error.message.hasSuffix("."), "an error has no sentence")
                guard case .refused(let id, let refusal) = error else {
                    hold(error.disconnect?.code == .badRequest, "an error does not end the connection")
                    end = error
                    return
                }
                hold(id != 0, "a command without a number is refused by a reply")
                hold(!refusal.message.isEmpty && refusal.code.rawValue >= 100, "a refusal has no name")
                refusals.append(error)
            }
        }
        fatalError("a frame of \(frame.count) bytes has more commands than bytes")
    }

    /// What holds of every command that is carried out.
    private static func check(_ command: Command) {
        switch command.kind {
        case .pong, .send: hold(command.id == 0, "a command that gets no reply has a number")
        default: hold(command.id != 0, "a command has no number")
        }
        switch command.kind {
        case .subscribe(let request):
            hold(!request.channel.isEmpty, "no channel")
            if let json = request.tagsFilter, let filter = try? TagsFilter(json) {
                _ = filter.matches(["a": "1", "key": "value"])
            }
        case .unsubscribe(let channel), .publish(let channel, _), .presence(let channel),
            .presenceStats(let channel), .subRefresh(let channel, _):
            hold(!channel.isEmpty, "no channel")
            if let name = try? ChannelName(channel) { agree(name.text, channel, "a name changes") }
        case .connect(let request):
            for (channel, sub) in request.subs {
                agree(sub.channel, channel, "a place is of another channel")
            }
        default: break
        }
    }
}
