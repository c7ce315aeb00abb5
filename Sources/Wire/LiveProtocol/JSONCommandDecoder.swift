import JSON

/// Takes the commands out of one frame of the JSON form of the client protocol.
///
/// A frame holds one or more JSON objects, each on a line of its own; blank lines are passed over. Each object is
/// walked through once, `data` is copied as it is written. Unknown members are ignored, so that newer SDKs can be
/// served; a member that is `null` counts as absent.
struct JSONCommandDecoder: Sendable {
    private let frame: [UInt8]
    private var parser: CommandParser
    private var isFirst = true

    /// Makes a decoder for the payload of one text message.
    init(frame: [UInt8]) {
        self.frame = frame
        parser = CommandParser(JSONScanner(0..<frame.count))
    }

    /// Takes the next command; `nil` when the frame is used up.
    ///
    /// A frame without any command is malformed.
    mutating func next() throws(CommandError) -> Command? {
        // A local copy, so that the parser may change while the text is looked at; no bytes are copied.
        let frame = frame
        let text = frame.span
        let envelope: CommandEnvelope
        do throws(JSONError) {
            guard try parser.stepsToCommand(isFirst: isFirst, in: text) else { return nil }
            isFirst = false
            envelope = try parser.envelope(in: text)
        } catch {
            throw .malformed(error)
        }
        return try envelope.command()
    }
}
