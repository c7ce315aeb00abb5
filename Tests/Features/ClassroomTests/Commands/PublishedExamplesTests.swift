import Foundation
import JSON
import Testing

@testable import Classroom

/// The examples that `protocol/live/examples` publishes, read by the code that they promise.
struct `Published examples` {
    private static var folder: URL {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent("protocol/live/examples")
    }

    private static func frames(_ prefix: String) throws -> [JSONValue] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.filter { $0.hasPrefix(prefix) }.compactMap { name in
            try JSONReader.read([UInt8](try Data(contentsOf: folder.appendingPathComponent(name))))["frame"]
        }
    }

    @Test func `of calls are understood, and every method has one`() throws {
        var methods: Set<ClassMethod> = []
        for frame in try Self.frames("command-rpc-") {
            guard let call = frame["rpc"], let name = call["method"]?.string,
                let method = ClassMethod(rawValue: name)
            else { continue }
            _ = try ClassRequest(method, call["data"] ?? .null)
            methods.insert(method)
        }
        #expect(methods == Set(ClassMethod.allCases))
    }

    @Test func `of signals are understood`() throws {
        var signals: Set<ClassSignal> = []
        for frame in try Self.frames("command-send-") {
            guard let data = frame["send"]?["data"],
                let signal = data["type"]?.string.flatMap(ClassSignal.init(rawValue:))
            else { continue }
            _ = try SignalRequest(signal, data)
            signals.insert(signal)
        }
        #expect(signals == Set(ClassSignal.allCases))
    }

    @Test func `of board events are folded`() throws {
        var board = BoardState()
        for (place, frame) in try Self.frames("push-pub-board-applied").enumerated() {
            let data = try #require(frame["push"]?["pub"]?["data"])
            let ops = try #require(data["ops"]?.array)
            for op in ops { _ = try BoardOperation(stored: try JSONFields(op)) }
            board.fold(LogEntry(RawJSON(data), offset: UInt64(place + 1)))
        }
        #expect(board.offset > 0)
    }
}
