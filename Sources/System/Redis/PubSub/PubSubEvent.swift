/// What a subscriber's connection hears, in either protocol: arrays in RESP2, pushes in RESP3.
enum PubSubEvent: Equatable {
    case message(channel: String, payload: [UInt8])
    case subscribed(String)
    case unsubscribed(String)
    case pong
    case refused(RedisServerError)
    /// Something else that the server has to say to everyone.
    case other

    /// Reads one value; `nil` when nothing of the kind may come.
    init?(_ value: RedisValue) {
        switch value {
        case .simple("PONG"): self = .pong
        case .error(let error): self = .refused(error)
        case .array(let parts), .push(let parts):
            guard let kind = parts.first?.text else { return nil }
            let channel = parts.count > 1 ? parts[1].text : nil
            switch (kind, channel) {
            case ("message", let channel?), ("smessage", let channel?):
                guard parts.count == 3, let payload = parts[2].bytes else { return nil }
                self = .message(channel: channel, payload: payload)
            case ("subscribe", let channel?), ("ssubscribe", let channel?): self = .subscribed(channel)
            case ("unsubscribe", let channel?), ("sunsubscribe", let channel?): self = .unsubscribed(channel)
            case ("pong", _): self = .pong
            default:
                guard case .push = value else { return nil }
                self = .other
            }
        default: return nil
        }
    }
}
