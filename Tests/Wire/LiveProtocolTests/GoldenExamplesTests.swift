import Foundation
import JSON
import LiveProtocol
import Testing

/// The published examples in `protocol/live/examples`, read and written by the code that serves them.
struct `Golden examples` {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let direction: String
        let frame: JSONValue

        var testDescription: String { name }

        /// The frame as it goes over the wire: without white space, in the order of the file.
        var text: String { RawJSON(frame).text }
    }

    static let all: [Example] = {
        var folder = URL(filePath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        folder.append(path: "protocol/live/examples")
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "json" }.compactMap { file in
            guard let data = try? Data(contentsOf: file), let value = try? JSONReader.read([UInt8](data)),
                let direction = value["direction"]?.string, let frame = value["frame"]
            else { return nil }
            return Example(name: file.lastPathComponent, direction: direction, frame: frame)
        }
    }()

    static func from(_ direction: String) -> [Example] { all.filter { $0.direction == direction } }

    @Test func `are found`() {
        #expect(Self.from("client").count >= 40)
        #expect(Self.from("server").count >= 60)
    }

    @Test(arguments: from("client"))
    func `of commands are read completely`(example: Example) throws {
        let commands = try decode(example.text)
        #expect(commands.count == 1)
        let command = try #require(commands.first)
        #expect(written(command) == example.frame)
    }

    @Test(arguments: from("server"))
    func `of replies and pushes are written byte for byte`(example: Example) throws {
        let bytes: [UInt8]
        if example.frame == [:] {
            bytes = JSONMessageEncoder.ping
        } else if let push = example.frame["push"] {
            bytes = JSONMessageEncoder.encode(try readPush(push))
        } else {
            bytes = JSONMessageEncoder.encode(try readReply(example.frame))
        }
        #expect(String(decoding: bytes, as: UTF8.self) == example.text)
    }

    @Test func `may stand in one frame`() throws {
        let examples = Self.from("client")
        let commands = try decode(examples.map(\.text).joined(separator: "\n"))
        #expect(commands.count == examples.count)
    }

    @Test func `list every code with its sentence as the errors have it`() throws {
        for example in Self.all {
            guard let error = example.frame["error"], let code = error["code"]?.int, code != 107 else {
                continue
            }
            let known = ProtocolError(ProtocolErrorCode(rawValue: UInt32(code)))
            guard code != 106, code != 111 else {
                // Behind the sentence is the name of the limit; whether another try helps is the limit's.
                #expect(error["message"]?.string?.hasPrefix(known.message + ": ") == true)
                continue
            }
            #expect(error["message"]?.string == known.message)
            #expect(error["temporary"]?.bool == known.isTemporary)
        }
    }
}
