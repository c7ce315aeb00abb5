import JSON

/// Walks through one command's text; remembers the first thing that is wrong in it and goes on to its end.
///
/// Going on makes it possible to answer a wrong command by its id, and to serve the frame's other commands.
struct CommandParser: Sendable {
    private var scanner: JSONScanner
    private var problem: FieldError?

    init(_ scanner: JSONScanner) { self.scanner = scanner }

    /// Steps to the next command; `false` at the end of the frame.
    ///
    /// Between two commands there must be a line feed.
    mutating func stepsToCommand(isFirst: Bool, in text: Span<UInt8>) throws(JSONError) -> Bool {
        let start = scanner.position
        scanner.skipSpace(in: text)
        guard scanner.position < scanner.end else {
            if isFirst { throw JSONError(.unexpectedEnd, at: scanner.position) }
            return false
        }
        guard !isFirst else { return true }
        for at in start..<scanner.position where text[at] == UInt8(ascii: "\n") { return true }
        throw JSONError(.trailingData, at: scanner.position)
    }

    /// Reads one command.
    mutating func envelope(in text: Span<UInt8>) throws(JSONError) -> CommandEnvelope {
        var envelope = CommandEnvelope()
        var hasID = false
        problem = nil
        try scanner.beginObject(in: text)
        while let name = try scanner.nextName(in: text) {
            if name == "id" {
                guard !hasID else { throw JSONError(.duplicateName, at: scanner.position) }
                hasID = true
                envelope.id = try id(in: text)
                continue
            }
            envelope.isEmpty = false
            guard let kind = try kind(name, in: text) else {
                try scanner.skip(in: text)
                continue
            }
            if envelope.kind != nil { complain(name, .other("is a second command in one object")) }
            if case .send = kind { envelope.isSend = true }
            envelope.kind = kind
        }
        envelope.problem = problem
        return envelope
    }

    /// Reads the parameters of the command `name`; `nil`, without reading, when there is no such command.
    private mutating func kind(_ name: String, in text: Span<UInt8>) throws(JSONError) -> Command.Kind? {
        switch name {
        case "rpc": return .rpc(try rpc(in: text))
        case "send":
            let small = try smallParameters(of: name, needsData: true, in: text)
            return .send(data: small.data ?? .null)
        case "subscribe":
            let request = try subscribe("subscribe", in: text)
            if request.channel.isEmpty { complain("subscribe.channel", .missing) }
            return .subscribe(request)
        case "unsubscribe":
            return .unsubscribe(channel: try smallParameters(of: name, needsChannel: true, in: text).channel)
        case "connect": return .connect(try connect(in: text))
        case "publish":
            let small = try smallParameters(of: name, needsChannel: true, needsData: true, in: text)
            return .publish(channel: small.channel, data: .json(small.data ?? .null))
        case "presence":
            return .presence(channel: try smallParameters(of: name, needsChannel: true, in: text).channel)
        case "presence_stats":
            return .presenceStats(
                channel: try smallParameters(of: name, needsChannel: true, in: text).channel)
        case "history": return .history(try history(in: text))
        case "ping":
            _ = try smallParameters(of: name, in: text)
            return .ping
        case "refresh": return .refresh(token: try smallParameters(of: name, in: text).token)
        case "sub_refresh":
            let small = try smallParameters(of: name, needsChannel: true, in: text)
            return .subRefresh(channel: small.channel, token: small.token)
        default: return nil
        }
    }

    // MARK: - Steps

    /// What became of a member that was shown to a reader.
    enum Taken {
        /// It was read and has this number among the members that may stand here once.
        case member(UInt32)
        /// It was read and is one of a map, whose reader sees to duplicates.
        case entry
        /// It was not read.
        case unknown
    }

    /// Walks through the object that is the value of `field`, and shows each member to `take`, which reads the value.
    ///
    /// Something other than an object is passed over and, unless `null`, complained about; the result is `false` then.
    @discardableResult
    mutating func members(
        of field: @autoclosure () -> String, in text: Span<UInt8>,
        _ take: (inout CommandParser, String, Span<UInt8>) throws(JSONError) -> Taken
    ) throws(JSONError) -> Bool {
        guard try finds(.object, at: field(), in: text) else { return false }
        var seen: UInt32 = 0
        try scanner.beginObject(in: text)
        while let name = try scanner.nextName(in: text) {
            let place = scanner.position
            switch try take(&self, name, text) {
            case .member(let number):
                guard seen & (1 << number) == 0 else { throw JSONError(.duplicateName, at: place) }
                seen |= 1 << number
            case .entry: break
            case .unknown: try scanner.skip(in: text)
            }
        }
        return true
    }

    /// Remembers what is wrong, unless something was wrong before.
    mutating func complain(_ field: String, _ what: FieldError.Problem) {
        if problem == nil { problem = FieldError(field: field, problem: what) }
    }

    /// Whether the value that comes next is of that kind; if not, it is passed over and, unless `null`, complained about.
    private mutating func finds(
        _ wanted: JSONKind, at field: @autoclosure () -> String, in text: Span<UInt8>
    ) throws(JSONError) -> Bool {
        let kind = try scanner.kind(in: text)
        if kind == wanted { return true }
        if kind != .null {
            let name =
                switch wanted {
                case .object: "an object"
                case .string: "a string"
                case .number: "a number"
                default: "true or false"
                }
            complain(field(), .wrongKind(wanted: name))
        }
        try scanner.skip(in: text)
        return false
    }

    /// The command's id, an unsigned 32-bit number; `nil` when it is something else.
    private mutating func id(in text: Span<UInt8>) throws(JSONError) -> UInt32? {
        guard try scanner.kind(in: text) == .number else {
            try scanner.skip(in: text)
            return nil
        }
        return UInt32(try scanner.number(in: text).text)
    }

    mutating func string(_ field: @autoclosure () -> String, in text: Span<UInt8>) throws(JSONError) -> String
    {
        try finds(.string, at: field(), in: text) ? try scanner.string(in: text) : ""
    }

    mutating func bool(_ field: @autoclosure () -> String, in text: Span<UInt8>) throws(JSONError) -> Bool {
        try finds(.bool, at: field(), in: text) ? try scanner.bool(in: text) : false
    }

    /// Reads an integer of the type that the protocol gives the field.
    mutating func integer<Integer: FixedWidthInteger>(
        _ field: @autoclosure () -> String, in text: Span<UInt8>
    ) throws(JSONError) -> Integer {
        guard try finds(.number, at: field(), in: text) else { return 0 }
        guard let value = Integer(try scanner.number(in: text).text) else {
            complain(field(), .wrongKind(wanted: "an integer from \(Integer.min) to \(Integer.max)"))
            return 0
        }
        return value
    }

    /// Takes a value of any kind as it is written; `null` counts as absent.
    mutating func data(in text: Span<UInt8>) throws(JSONError) -> RawJSON? {
        guard try scanner.kind(in: text) != .null else {
            try scanner.null(in: text)
            return nil
        }
        return try scanner.raw(in: text)
    }
}
