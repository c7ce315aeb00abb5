import Foundation
import JSON
import LiveProtobuf
import LiveProtocol
import SwiftProtobuf
import Testing

struct `Protobuf form` {
    private func delimited(_ messages: [ProtoCommand]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for message in messages {
            let body: [UInt8] = try message.serializedBytes()
            var length = body.count
            while length >= 0x80 {
                bytes.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            bytes.append(UInt8(length))
            bytes += body
        }
        return bytes
    }

    private func decode(_ bytes: [UInt8]) throws(CommandError) -> [Command] {
        var decoder = CommandDecoder(frame: bytes, form: .protobuf)
        var commands: [Command] = []
        while let command = try decoder.next() { commands.append(command) }
        return commands
    }

    private func error(of bytes: [UInt8]) -> CommandError? {
        do throws(CommandError) {
            _ = try decode(bytes)
            return nil
        } catch {
            return error
        }
    }

    private func message(_ write: (inout [UInt8]) -> Void) throws -> ProtoReply {
        var bytes: [UInt8] = []
        write(&bytes)
        var (length, place, shift) = (0, 0, 0)
        repeat {
            length |= Int(bytes[place] & 0x7F) << shift
            (place, shift) = (place + 1, shift + 7)
        } while bytes[place - 1] >= 0x80
        #expect(bytes.count == place + length)
        return try ProtoReply(serializedBytes: Array(bytes[place...]))
    }

    // MARK: The published examples say the same in both forms

    @Test(arguments: `Golden examples`.from("client"))
    func `reads what the JSON form reads`(example: `Golden examples`.Example) throws {
        var decoder = CommandDecoder(frame: Array(example.text.utf8))
        let command = try #require(try decoder.next())
        // A filter's empty words are left out.
        #expect(try decode(try delimited([binary(command)])).map(binary) == [binary(command)])
    }

    @Test(arguments: `Golden examples`.from("server"))
    func `says what the JSON form says`(example: `Golden examples`.Example) throws {
        if example.frame == [:] {
            #expect(MessageEncoder.ping(.protobuf) == [0])
        } else if let push = example.frame["push"] {
            let push = try readPush(push)
            #expect(
                understood(try message { MessageEncoder.append(push, to: &$0, .protobuf) })
                    == example.frame)
        } else {
            let reply = try readReply(example.frame)
            #expect(
                understood(try message { MessageEncoder.append(reply, to: &$0, .protobuf) })
                    == example.frame)
        }
    }

    // MARK: Frames

    @Test func `takes several commands of one frame, in their order`() throws {
        let commands = (1...300).map { Command(id: $0, .presence(channel: "c:\($0)")) }
        #expect(try decode(try delimited(commands.map(binary))) == commands)
    }

    @Test func `takes an empty command for the answer to a ping`() throws {
        #expect(try decode([0]) == [Command(id: 0, .pong)])
        #expect(try decode([0, 0]).count == 2)
    }

    @Test(
        arguments: [
            [], [1], [0x80], [5, 8, 1], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            [2, 0xFF, 0xFF], [3, 0x22, 5, 0],
        ] as [[UInt8]])
    func `ends the connection for what are no messages`(bytes: [UInt8]) {
        #expect(error(of: bytes) == .undecodable)
        #expect(CommandError.undecodable.disconnect?.code == .badRequest)
    }

    @Test func `ends it for text that is not UTF-8`() throws {
        // presence { channel: <FF FE> } with an id.
        #expect(error(of: [8, 8, 1, 0x42, 4, 0x0A, 2, 0xFF, 0xFE]) == .undecodable)
    }

    @Test func `goes on with the next command after one that is refused`() throws {
        var nothing = ProtoCommand()
        nothing.id = 3
        var decoder = CommandDecoder(
            frame: try delimited([nothing, binary(Command(id: 4, .ping))]), form: .protobuf)
        #expect(throws: CommandError.refused(id: 3, ProtocolError(.methodNotFound))) {
            try decoder.next()
        }
        #expect(try decoder.next() == Command(id: 4, .ping))
    }

    @Test func `names what is missing or wrong, as the JSON form does`() throws {
        var missing = ProtoCommand()
        (missing.id, missing.subscribe) = (1, ProtoSubscribeRequest())
        var empty = ProtoCommand()
        (empty.id, empty.publish.channel) = (1, "c:1")
        var wrong = ProtoCommand()
        (wrong.id, wrong.rpc.method, wrong.rpc.data) = (1, "m", Data([0xFF]))
        var twice = ProtoCommand()
        (twice.id, twice.ping, twice.presence.channel) = (1, ProtoPingRequest(), "c:1")
        for (command, field) in [
            (missing, "subscribe.channel"), (empty, "publish.data"), (wrong, "rpc.data"), (twice, "ping"),
        ] {
            guard case .refused(let id, let problem)? = error(of: try delimited([command])) else {
                Issue.record("\(field) was taken")
                continue
            }
            #expect(id == 1 && problem.code == .badRequest)
            #expect(problem.message.contains(field), "\(problem.message)")
        }
        var unnumbered = ProtoCommand()
        unnumbered.ping = ProtoPingRequest()
        #expect(error(of: try delimited([unnumbered])) == .unnumbered)
    }

    @Test func `lets a plain channel carry bytes that are no JSON, which JSON clients get as base64`() throws
    {
        let bytes: [UInt8] = [0, 0xFF, 10, 13]
        let command = Command(id: 1, .publish(channel: "c:1", data: Payload(bytes)))
        #expect(Payload(bytes) == .binary(bytes))
        #expect(try decode(try delimited([binary(command)])) == [command])
        let push = Push(channel: "c:1", .publication(Publication(data: .binary(bytes), offset: 1)))
        let sent = try message { MessageEncoder.append(push, to: &$0, .protobuf) }
        #expect([UInt8](sent.push.pub.data) == bytes)
        #expect(
            String(decoding: JSONMessageEncoder.encode(push), as: UTF8.self)
                == #"{"push":{"channel":"c:1","pub":{"data":"AP8KDQ==","offset":1}}}"#)
    }

    @Test func `joins messages without anything in between`() throws {
        var joiner = FrameJoiner(.protobuf)
        joiner.append(Reply(id: 1, .ping))
        let one = joiner.takeFrame()
        joiner.append(Reply(id: 1, .ping))
        joiner.append(encoded: one)
        #expect(joiner.takeFrame() == one + one)
    }
}
