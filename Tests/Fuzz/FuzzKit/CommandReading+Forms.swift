package import LiveProtocol

extension Command {
    /// Writes the command in both forms: each is read as the command that it was.
    package func expectSameInBothForms() {
        if let json {
            let again = CommandReading(json, .json)
            agree(again.commands.map(\.plain), [plain], "the command changes in JSON")
            agree(again.refusals, [], "the command is refused in JSON")
            agree(again.end, nil, "the command cannot be read in JSON")
            // What both forms agree on is a fixed point, the filter included.
            agree(CommandReading(again.commands[0].json ?? [], .json), again, "JSON is no fixed point")
        }
        let again = CommandReading(protobuf, .protobuf)
        agree(again.commands.map(\.plain), [plain], "the command changes in Protobuf")
        agree(again.refusals, [], "the command is refused in Protobuf")
        agree(again.end, nil, "the command cannot be read in Protobuf")
    }
}

extension CommandReading {
    /// Puts commands into one frame of each form: they are read in their order.
    package static func expectTogether(_ commands: [Command]) {
        guard !commands.isEmpty else { return }
        let lines = commands.compactMap(\.json)
        let inJSON = CommandReading(Array(lines.joined(separator: [UInt8(ascii: "\n")])), .json)
        if !lines.isEmpty {
            agree(inJSON.commands.count, lines.count, "commands are lost between lines")
        }
        let inProtobuf = CommandReading(commands.flatMap(\.protobuf), .protobuf)
        agree(inProtobuf.commands.map(\.plain), commands.map(\.plain), "commands are lost between lengths")
    }
}
