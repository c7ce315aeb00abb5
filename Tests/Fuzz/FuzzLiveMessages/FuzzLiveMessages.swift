import FuzzKit
import JSON
import LiveProtobuf
import LiveProtocol
import SwiftProtobuf

/// Replies and pushes, made from a Protobuf reply: the binary form is read back as the same, the JSON form is one line of
/// JSON that says the same, and both can be put into frames with others.
@c(LLVMFuzzerTestOneInput)
package func writeMessages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        guard let message = try? ProtoReply(serializedBytes: bytes) else { return }
        if message.hasPush {
            guard let push = Push(message.push) else { return }
            check({ MessageEncoder.append(push, to: &$0, $1) }) { Push($0.push) == push }
        } else {
            guard let reply = Reply(message) else { return }
            check({ MessageEncoder.append(reply, to: &$0, $1) }) { Reply($0)?.sorted == reply.sorted }
        }
    }
}

private func check(
    _ write: (inout [UInt8], MessageForm) -> Void, isSame: (ProtoReply) -> Bool
) {
    var binary: [UInt8] = []
    write(&binary, .protobuf)
    var line: [UInt8] = []
    write(&line, .json)

    let bodies = split(binary)
    hold(bodies.count == 1, "a message is not one message")
    guard let again = try? ProtoReply(serializedBytes: bodies[0]) else {
        fatalError("a message cannot be read")
    }
    hold(isSame(again), "a message changes in Protobuf")

    hold(!line.contains { $0 < 0x20 }, "a message is more than a line")
    // What comes in may be as deep as may be; around it are a few objects more.
    guard (try? RawJSON(validating: line, depthLimit: 80)) != nil else {
        fatalError("a message is no JSON: \(String(decoding: line, as: UTF8.self))")
    }
    // Data that is passed on may have a name twice: it is not looked into.
    if let value = try? JSONReader.read(line, depthLimit: 80) {
        hold((value.object?.count ?? 3) <= 2, "a message is no object, or says two things")
        Likeness.check(value, again)
    }

    for form in MessageForm.allCases {
        var joiner = FrameJoiner(form)
        let one = form == .json ? line : binary
        for _ in 0..<3 { joiner.append(encoded: one) }
        let frame = joiner.takeFrame()
        let parts = form == .json ? frame.split(separator: 0x0A).map(Array.init) : split(frame)
        hold(parts.count == 3, "a frame of three messages has \(parts.count)")
    }
}

/// The messages of a frame of the binary form.
private func split(_ frame: [UInt8]) -> [[UInt8]] {
    var bodies: [[UInt8]] = []
    var position = 0
    while position < frame.count {
        var (length, shift) = (0, 0)
        while frame[position] & 0x80 != 0 {
            length |= Int(frame[position] & 0x7F) << shift
            (position, shift) = (position + 1, shift + 7)
        }
        length |= Int(frame[position]) << shift
        position += 1
        bodies.append(Array(frame[position..<position + length]))
        position += length
    }
    return bodies
}
