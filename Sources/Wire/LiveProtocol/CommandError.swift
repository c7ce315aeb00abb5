package import JSON

/// Why a frame's bytes are not a command that can be carried out.
package enum CommandError: Error, Hashable, Sendable {
    /// The frame is not made of JSON objects, one per line.
    case malformed(JSONError)
    /// The frame is not made of Protobuf messages, each behind its length.
    case undecodable
    /// The command's `id` is not a number from 0 to 2^32 − 1.
    case badID
    /// The command expects a reply and has no id to find it by.
    case unnumbered
    /// A command that gets no reply is wrong in some field.
    case unanswerable(FieldError)
    /// The command is wrong, and its sender can be told so; the frame's other commands are not affected.
    case refused(id: UInt32, ProtocolError)

    /// How the connection ends; `nil` for a command that is merely refused by a reply.
    package var disconnect: Disconnect? {
        if case .refused = self { return nil }
        return Disconnect(.badRequest)
    }

    /// A sentence without a full stop, for the log.
    package var message: String {
        switch self {
        case .malformed(let error): error.message
        case .undecodable: "the frame is not made of Protobuf messages, each behind its length"
        case .badID: "the command's id is not a number from 0 to 4294967295"
        case .unnumbered: "a command that expects a reply has no id"
        case .unanswerable(let error): error.message
        case .refused(_, let error): error.message
        }
    }
}
