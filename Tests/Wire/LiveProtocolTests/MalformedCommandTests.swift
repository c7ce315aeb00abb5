import JSON
import LiveProtocol
import Testing

/// Every command with every field missing, of another kind, and huge: each has its error, or its end of the connection.
struct `Malformed commands` {
    enum Kind: String, CaseIterable {
        case string = "a string"
        case flag = "true or false"
        case number = "a number"
        case object = "an object"
        /// Anything; only its absence can be wrong.
        case any

        /// A value of the kind, as JSON.
        var sample: String {
            switch self {
            case .string: #""x""#
            case .flag: "true"
            case .number: "1"
            case .object: "{}"
            case .any: "[]"
            }
        }
    }

    struct Field: CustomTestStringConvertible {
        let command: String
        let name: String
        let kind: Kind
        var isNeeded = false
        /// The members that the field stands in, from the outside.
        var within: [String] = []
        /// The field's number in the binary form, and the command's.
        var numbers: (command: Int, field: Int)?

        var testDescription: String { path }
        var path: String { ([command] + within + [name]).joined(separator: ".") }
    }

    private static func fields(
        _ command: String, _ number: Int, _ fields: [(String, Kind, Int)], needed: Set<String> = []
    ) -> [Field] {
        fields.map { name, kind, own in
            Field(
                command: command, name: name, kind: kind, isNeeded: needed.contains(name),
                numbers: (number, own))
        }
    }

    static let all: [Field] =
        fields(
            "connect", 4,
            [
                ("token", .string, 1), ("data", .any, 2), ("subs", .object, 3), ("name", .string, 4),
                ("version", .string, 5), ("headers", .object, 6), ("flag", .number, 7),
            ])
        + fields(
            "subscribe", 5,
            [
                ("channel", .string, 1), ("token", .string, 2), ("recover", .flag, 3), ("epoch", .string, 6),
                ("offset", .number, 7), ("data", .any, 8), ("positioned", .flag, 9),
                ("recoverable", .flag, 10), ("join_leave", .flag, 11), ("delta", .string, 12),
                ("tf", .any, 13), ("flag", .number, 14),
            ], needed: ["channel"])
        + fields("unsubscribe", 6, [("channel", .string, 1)], needed: ["channel"])
        + fields("publish", 7, [("channel", .string, 1), ("data", .any, 2)], needed: ["channel", "data"])
        + fields("presence", 8, [("channel", .string, 1)], needed: ["channel"])
        + fields("presence_stats", 9, [("channel", .string, 1)], needed: ["channel"])
        + fields(
            "history", 10,
            [("channel", .string, 1), ("limit", .number, 7), ("since", .object, 8), ("reverse", .flag, 9)],
            needed: ["channel"])
        + fields("send", 12, [("data", .any, 1)], needed: ["data"])
        + fields("rpc", 13, [("method", .string, 2), ("data", .any, 1)])
        + fields("refresh", 14, [("token", .string, 1)])
        + fields("sub_refresh", 15, [("channel", .string, 1), ("token", .string, 2)], needed: ["channel"])
        + [
            Field(command: "history", name: "offset", kind: .number, within: ["since"]),
            Field(command: "history", name: "epoch", kind: .string, within: ["since"]),
            Field(command: "connect", name: "x-a", kind: .string, within: ["headers"]),
            Field(command: "connect", name: "a:1", kind: .object, within: ["subs"]),
            Field(command: "connect", name: "offset", kind: .number, within: ["subs", "a:1"]),
            Field(command: "connect", name: "recover", kind: .flag, within: ["subs", "a:1"]),
        ]

    // MARK: JSON

    /// The command with all that it needs, and the field as given; `nil` leaves it out.
    private func text(_ field: Field, _ value: String?) -> String {
        var members = Self.all.filter {
            $0.command == field.command && $0.within.isEmpty && $0.isNeeded && $0.name != field.name
        }.map { "\"\($0.name)\":\($0.kind.sample)" }
        if let value {
            let inner = "\"\(field.name)\":\(value)"
            members.append(field.within.reversed().reduce(inner) { "\"\($1)\":{\($0)}" })
        }
        return #"{"id":5,"\#(field.command)":{\#(members.joined(separator: ","))}}"#
    }

    private func outcome(_ text: String) -> Result<[Command], CommandError> {
        Result { () throws(CommandError) in
            var decoder = CommandDecoder(frame: Array(text.utf8))
            var commands: [Command] = []
            while let command = try decoder.next() { commands.append(command) }
            return commands
        }
    }

    private func refused(_ result: Result<[Command], CommandError>) -> String? {
        guard case .failure(.refused(5, let error)) = result, error.code == .badRequest, !error.isTemporary
        else {
            return nil
        }
        return error.message
    }

    @Test(arguments: all)
    func `are refused by name where a field is missing or null, and taken where it may be`(field: Field)
        throws
    {
        for value in [nil, "null"] {
            let found = outcome(text(field, value))
            if field.isNeeded, value == nil || field.kind != .any {
                #expect(refused(found) == "bad request: field \"\(field.path)\" is missing")
            } else {
                #expect(try found.get().count == 1)
            }
        }
    }

    @Test(arguments: all)
    func `are refused by name where a field is of another kind`(field: Field) throws {
        for kind in Kind.allCases {
            let found = outcome(text(field, kind.sample))
            if kind == field.kind || field.kind == .any {
                #expect(try found.get().count == 1)
            } else {
                #expect(
                    refused(found) == "bad request: field \"\(field.path)\" must be \(field.kind.rawValue)")
            }
        }
    }

    @Test(arguments: all)
    func `are refused where a number is none that fits, and taken whole where a text is long`(field: Field)
        throws
    {
        let long = String(repeating: "é", count: 30_000)
        switch field.kind {
        case .number:
            for number in [
                "1.5", "1e400", "99999999999999999999999", String(repeating: "9", count: 50_000), "-9e99",
            ] {
                #expect(refused(outcome(text(field, number)))?.contains("must be an integer from") == true)
            }
        case .string: #expect(try outcome(text(field, "\"\(long)\"")).get().count == 1)
        case .object, .any, .flag:
            let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
            guard case .failure(.malformed(let error)) = outcome(text(field, deep)) else {
                Issue.record("brackets in \(field.path) were taken")
                return
            }
            #expect(error.problem == .tooDeep)
        }
    }

    @Test(arguments: all)
    func `end the connection where a field stands twice or its text is no text`(field: Field) {
        let twice = text(field, field.kind.sample + ",\"\(field.name)\":" + field.kind.sample)
        switch outcome(twice) {
        case .failure(.malformed), .failure(.refused): break
        default: Issue.record("\(field.path) was taken twice")
        }
        for bad in [#""\ud800""#, "\"\u{1}\"", "tru", "01", "{", "[1,]", ""] {
            guard case .failure(let error) = outcome(text(field, bad)) else {
                Issue.record("\(bad) was taken in \(field.path)")
                continue
            }
            #expect(error.disconnect?.code == .badRequest)
        }
    }

    // MARK: Protobuf

    private func varint(_ value: Int) -> [UInt8] {
        var (left, bytes): (Int, [UInt8]) = (value, [])
        while left >= 0x80 {
            bytes.append(UInt8(left & 0x7F) | 0x80)
            left >>= 7
        }
        return bytes + [UInt8(left)]
    }

    private func block(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(bytes.count) + bytes
    }

    /// The command with all that it needs but this field, and the field's bytes instead.
    private func frame(_ field: Field, _ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        let others = Self.all.filter { $0.command == field.command && $0.isNeeded && $0.name != field.name }
            .flatMap { block($0.numbers?.field ?? 0, Array("1".utf8)) }
        let message = varint(1 << 3) + [5] + block(number, others + bytes)
        return varint(message.count) + message
    }

    private func outcome(binary frame: [UInt8]) -> Result<[Command], CommandError> {
        Result { () throws(CommandError) in
            var decoder = CommandDecoder(frame: frame, form: .protobuf)
            var commands: [Command] = []
            while let command = try decoder.next() { commands.append(command) }
            return commands
        }
    }

    @Test(arguments: all.filter { $0.numbers != nil })
    func `have the same answers in the binary form`(field: Field) throws {
        let numbers = try #require(field.numbers)
        // Missing, empty, and of another wire type, which is as if it were missing.
        var absent: [[UInt8]] = [[], varint(numbers.field << 3 | 5) + [1, 2, 3, 4]]
        if field.kind == .string { absent.append(block(numbers.field, [])) }
        for bytes in absent {
            let found = outcome(binary: frame(field, numbers.command, bytes))
            if field.isNeeded {
                #expect(refused(found) == "bad request: field \"\(field.path)\" is missing")
            } else {
                #expect(try found.get().count == 1)
            }
        }
        // A length that lies, a number without an end, a group that is never closed.
        for bytes in [
            varint(numbers.field << 3 | 2) + [0x7F],
            varint(numbers.field << 3) + Array(repeating: 0xFF, count: 11),
            varint(numbers.field << 3 | 3),
        ] {
            guard case .failure(.undecodable) = outcome(binary: frame(field, numbers.command, bytes)) else {
                Issue.record("\(field.path) was taken with \(bytes)")
                continue
            }
        }
        if field.kind == .string {
            let bad = frame(field, numbers.command, block(numbers.field, [0xFF, 0xFE]))
            guard case .failure(.undecodable) = outcome(binary: bad) else {
                Issue.record("\(field.path) was taken though it is not UTF-8")
                return
            }
            let long = frame(
                field, numbers.command, block(numbers.field, Array(repeating: 0x61, count: 60_000)))
            #expect(try outcome(binary: long).get().count == 1)
        }
        // Every beginning of it ends the connection.
        let whole = frame(field, numbers.command, block(numbers.field, Array("1".utf8)))
        for length in 1..<whole.count {
            guard case .failure(.undecodable) = outcome(binary: Array(whole[..<length])) else {
                Issue.record("\(length) bytes of \(field.path) were taken")
                continue
            }
        }
    }

    @Test(arguments: [("connect", 4, 2), ("subscribe", 5, 8), ("send", 12, 1), ("rpc", 13, 1)])
    func `are refused in the binary form where data that Cohort reads is no JSON`(
        command: String, number: Int, field: Int
    )
        throws
    {
        let subject = try #require(Self.all.first { $0.command == command && $0.name == "data" })
        let found = outcome(binary: frame(subject, number, block(field, Array("{".utf8))))
        #expect(refused(found) == "bad request: field \"\(command).data\" must be JSON")
    }
}
