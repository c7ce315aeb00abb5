import Dispatch
import JSON
import Logging
import Synchronization
import Testing

@testable import Telemetry

private final class Lines: Sendable {
    private let text = Mutex("")

    func add(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }

    var all: [Substring] { text.withLock { $0 }.split(separator: "\n") }
}

struct `Log lines` {
    @Test func `writes one JSON object a line, whatever it is given`() throws {
        let lines = Lines()
        let sink = LogSink { lines.add($0) }
        var logger = Log.logger("web", level: .info, sink: sink)
        logger[metadataKey: "request_id"] = "r\n1"
        logger.info("a \"message\"\n", metadata: ["message": "twice", "number": "\(7)"])
        logger.debug("not this one")
        sink.flush()
        #expect(lines.all.count == 1)
        let value = try JSONReader.read(String(lines.all[0]))
        #expect(value["level"] == "info")
        #expect(value["part"] == "web")
        #expect(value["message"] == "a \"message\"\n")
        #expect(value["_message"] == "twice")
        #expect(value["request_id"] == "r\n1")
        #expect(value["number"] == "7")
        let time = try #require(value["time"]?.string)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test func `drops lines rather than wait, and says so`() {
        let lines = Lines()
        let gate = DispatchSemaphore(value: 0)
        let entered = DispatchSemaphore(value: 0)
        let sink = LogSink(backlog: 3) { bytes in
            entered.signal()
            gate.wait()
            lines.add(bytes)
        }
        sink.append(Array("1\n".utf8))
        entered.wait()
        for number in 2...10 { sink.append(Array("\(number)\n".utf8)) }
        #expect(sink.dropped == 6)
        for _ in 0..<3 { gate.signal() }
        entered.wait()
        sink.flush()
        sink.append(Array("11\n".utf8))
        sink.flush()
        let all = lines.all
        #expect(all.prefix(4) == ["1", "2", "3", "4"])
        #expect(all.contains { $0.contains(#""dropped":"6""#) })
        #expect(all.last == "11")
    }

    @Test func `keeps lines of many threads whole and in each thread's order`() {
        let lines = Lines()
        let sink = LogSink(backlog: 100_000) { lines.add($0) }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<500 { sink.append(Array("\(thread) \(number)\n".utf8)) }
        }
        sink.flush()
        #expect(lines.all.count == 4000)
        for thread in 0..<8 {
            let own = lines.all.filter { $0.hasPrefix("\(thread) ") }
            #expect(own.map(String.init) == (0..<500).map { "\(thread) \($0)" })
        }
    }

    @Test func `never shows what is redacted`() {
        let secret = Redacted("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)" == "[redacted]")
        #expect(String(reflecting: secret) == "[redacted]")
        #expect(!dumped.contains("hunter2"))
        #expect(!"\([secret])".contains("hunter2"))
        #expect(secret.secret == "hunter2")
    }
}
