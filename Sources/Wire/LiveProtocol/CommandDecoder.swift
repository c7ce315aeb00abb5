/// Takes the commands out of one frame, in the order in which they stand there.
///
///     var decoder = CommandDecoder(frame: payload, form: .json)
///     while let command = try decoder.next() { … }
///
/// After an error of the kind `refused` the decoder goes on with the command that follows; after any other, the
/// connection must end.
package struct CommandDecoder: Sendable {
    private enum Decoder: Sendable {
        case json(JSONCommandDecoder)
        case protobuf(ProtobufCommandDecoder)
    }

    private var decoder: Decoder

    /// Makes a decoder for the payload of one message.
    package init(frame: [UInt8], form: MessageForm = .json) {
        switch form {
        case .json: decoder = .json(JSONCommandDecoder(frame: frame))
        case .protobuf: decoder = .protobuf(ProtobufCommandDecoder(frame: frame))
        }
    }

    /// Takes the next command; `nil` when the frame is used up.
    ///
    /// A frame without any command is malformed.
    package mutating func next() throws(CommandError) -> Command? {
        switch decoder {
        case .json(var json):
            defer { decoder = .json(json) }
            return try json.next()
        case .protobuf(var protobuf):
            defer { decoder = .protobuf(protobuf) }
            return try protobuf.next()
        }
    }
}
