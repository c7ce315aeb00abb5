/// Writes replies and pushes, each as one message that a frame may hold beside others.
package enum MessageEncoder {
    /// The ping, which the client answers with an empty command.
    package static func ping(_ form: MessageForm) -> [UInt8] {
        switch form {
        case .json: JSONMessageEncoder.ping
        case .protobuf: ProtobufMessageEncoder.ping
        }
    }

    /// Appends a reply.
    package static func append(_ reply: Reply, to bytes: inout [UInt8], _ form: MessageForm) {
        switch form {
        case .json: JSONMessageEncoder.append(reply, to: &bytes)
        case .protobuf: ProtobufMessageEncoder.append(reply, to: &bytes)
        }
    }

    /// Appends a push.
    package static func append(_ push: Push, to bytes: inout [UInt8], _ form: MessageForm) {
        switch form {
        case .json: JSONMessageEncoder.append(push, to: &bytes)
        case .protobuf: ProtobufMessageEncoder.append(push, to: &bytes)
        }
    }
}
