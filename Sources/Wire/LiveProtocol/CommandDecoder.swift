import JSON

/// Takes the commands out of one frame of the JSON form of the client protocol.
///
/// A frame holds one or more JSON objects, each on a line of its own; blank lines are passed over. Each object is
/// walked through once, `data` is copied as it is written. Unknown members are ignored, so that newer SDKs can be
/// served; a member that is `null` counts as absent.
///
///     var decoder = CommandDecoder(frame: payload)
///     while let command = try decoder.next() { … }
///
/// After an error of the kind `refused` the decoder goes on with the command that follows; after any other, the
/// connection must end.
package struct CommandDecoder: Sendable {
    private let frame: [UInt8]
    private var parser: CommandParser
    private var isFirst = true

    /// Makes a decoder for the payload of one text message.
    package init(frame: [UInt8]) {
        self.frame = frame
        parser = CommandParser(JSONScanner(0..<frame.count))
    }

    /// Takes the next command; `nil` when the frame is used up.
    ///
    /// A frame without any command is malformed.
    package mutating func next() throws(CommandError) -> Command? {
        // A local copy, so that the parser may change while the text is looked at; no bytes are copied.
        let frame = frame
        let text = frame.span
        let envelope: CommandParser.Envelope
        do throws(JSONError) {
            guard try parser.stepsToCommand(isFirst: isFirst, in: text) else { return nil }
            isFirst = false
            envelope = try parser.envelope(in: text)
        } catch {
            throw .malformed(error)
        }
        return try Self.command(from: envelope)
    }

    /// Judges what was read: the protocol's rules about ids, and what has to be answered how.
    private static func command(from envelope: CommandParser.Envelope) throws(CommandError) -> Command {
        guard let id = envelope.id else { throw .badID }
        if let kind = envelope.kind, case .send = kind, envelope.problem == nil {
            return Command(id: 0, kind)
        }
        if id == 0 {
            if envelope.isEmpty { return Command(id: 0, .pong) }
            if envelope.isSend, let problem = envelope.problem { throw .unanswerable(problem) }
            throw .unnumbered
        }
        if let problem = envelope.problem { throw .refused(id: id, .badRequest(problem.message)) }
        guard let kind = envelope.kind else { throw .refused(id: id, ProtocolError(.methodNotFound)) }
        return Command(id: id, kind)
    }
}
