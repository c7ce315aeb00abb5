import JSON

extension CommandParser {
    mutating func rpc(in text: Span<UInt8>) throws(JSONError) -> RPCRequest {
        var request = RPCRequest(method: "", data: .null)
        try members(of: "rpc", in: text) { parser, name, text throws(JSONError) in
            switch name {
            case "method":
                request.method = try parser.string("rpc.method", in: text)
                return .member(0)
            case "data":
                request.data = try parser.data(in: text) ?? .null
                return .member(1)
            default: return .unknown
            }
        }
        return request
    }

    mutating func connect(in text: Span<UInt8>) throws(JSONError) -> ConnectRequest {
        var request = ConnectRequest()
        try members(of: "connect", in: text) { parser, name, text throws(JSONError) in
            switch name {
            case "token":
                request.token = try parser.string("connect.token", in: text)
                return .member(0)
            case "data":
                request.data = try parser.data(in: text)
                return .member(1)
            case "subs":
                request.subs = try parser.subscriptions(in: text)
                return .member(2)
            case "name":
                request.name = try parser.string("connect.name", in: text)
                return .member(3)
            case "version":
                request.version = try parser.string("connect.version", in: text)
                return .member(4)
            case "headers":
                request.headers = try parser.headers(in: text)
                return .member(5)
            case "flag":
                request.flag = try parser.integer("connect.flag", in: text)
                return .member(6)
            default: return .unknown
            }
        }
        return request
    }

    /// The map from a channel to where the client stood in it.
    private mutating func subscriptions(in text: Span<UInt8>) throws(JSONError) -> [String: SubscribeRequest]
    {
        var all: [String: SubscribeRequest] = [:]
        try members(of: "connect.subs", in: text) { parser, channel, text throws(JSONError) in
            var request = try parser.subscribe("connect.subs.\(channel)", in: text)
            request.channel = channel
            if all.updateValue(request, forKey: channel) != nil {
                parser.complain("connect.subs.\(channel)", .other("is given twice"))
            }
            return .entry
        }
        return all
    }

    private mutating func headers(in text: Span<UInt8>) throws(JSONError) -> [String: String] {
        var all: [String: String] = [:]
        try members(of: "connect.headers", in: text) { parser, name, text throws(JSONError) in
            let value = try parser.string("connect.headers.\(name)", in: text)
            if all.updateValue(value, forKey: name) != nil {
                parser.complain("connect.headers.\(name)", .other("is given twice"))
            }
            return .entry
        }
        return all
    }

    mutating func subscribe(
        _ field: @autoclosure () -> String, in text: Span<UInt8>
    ) throws(JSONError) -> SubscribeRequest {
        var request = SubscribeRequest()
        try members(of: field(), in: text) { parser, name, text throws(JSONError) in
            switch name {
            case "channel":
                request.channel = try parser.string("\(field()).channel", in: text)
                return .member(0)
            case "token":
                request.token = try parser.string("\(field()).token", in: text)
                return .member(1)
            case "recover":
                request.recover = try parser.bool("\(field()).recover", in: text)
                return .member(2)
            case "epoch":
                request.epoch = try parser.string("\(field()).epoch", in: text)
                return .member(3)
            case "offset":
                request.offset = try parser.integer("\(field()).offset", in: text)
                return .member(4)
            case "data":
                request.data = try parser.data(in: text)
                return .member(5)
            case "positioned":
                request.positioned = try parser.bool("\(field()).positioned", in: text)
                return .member(6)
            case "recoverable":
                request.recoverable = try parser.bool("\(field()).recoverable", in: text)
                return .member(7)
            case "join_leave":
                request.joinLeave = try parser.bool("\(field()).join_leave", in: text)
                return .member(8)
            case "delta":
                request.delta = try parser.string("\(field()).delta", in: text)
                return .member(9)
            case "tf":
                request.tagsFilter = try parser.data(in: text)
                return .member(10)
            case "flag":
                request.flag = try parser.integer("\(field()).flag", in: text)
                return .member(11)
            default: return .unknown
            }
        }
        return request
    }

    mutating func history(in text: Span<UInt8>) throws(JSONError) -> HistoryRequest {
        var request = HistoryRequest()
        try members(of: "history", in: text) { parser, name, text throws(JSONError) in
            switch name {
            case "channel":
                request.channel = try parser.string("history.channel", in: text)
                return .member(0)
            case "limit":
                request.limit = try parser.integer("history.limit", in: text)
                return .member(1)
            case "since":
                request.since = try parser.position(in: text)
                return .member(2)
            case "reverse":
                request.reverse = try parser.bool("history.reverse", in: text)
                return .member(3)
            default: return .unknown
            }
        }
        if request.channel.isEmpty { complain("history.channel", .missing) }
        return request
    }

    private mutating func position(in text: Span<UInt8>) throws(JSONError) -> StreamPosition? {
        var position = StreamPosition(offset: 0, epoch: "")
        let isThere = try members(of: "history.since", in: text) { parser, name, text throws(JSONError) in
            switch name {
            case "offset":
                position.offset = try parser.integer("history.since.offset", in: text)
                return .member(0)
            case "epoch":
                position.epoch = try parser.string("history.since.epoch", in: text)
                return .member(1)
            default: return .unknown
            }
        }
        return isThere ? position : nil
    }

    /// The parameters of the small commands, which differ in what they need of these three.
    mutating func smallParameters(
        of command: String, needsChannel: Bool = false, needsData: Bool = false, in text: Span<UInt8>
    ) throws(JSONError) -> (channel: String, token: String, data: RawJSON?) {
        var channel = ""
        var token = ""
        var data: RawJSON?
        var hasData = false
        try members(of: command, in: text) { parser, name, text throws(JSONError) in
            switch name {
            case "channel":
                channel = try parser.string("\(command).channel", in: text)
                return .member(0)
            case "token":
                token = try parser.string("\(command).token", in: text)
                return .member(1)
            case "data":
                data = try parser.data(in: text)
                hasData = true
                return .member(2)
            default: return .unknown
            }
        }
        if needsChannel, channel.isEmpty { complain("\(command).channel", .missing) }
        if needsData, !hasData { complain("\(command).data", .missing) }
        return (channel, token, data)
    }
}
