import FuzzKit
import LiveProtocol

/// A frame of commands in the JSON form: each command is the same when it is written anew, in this form and in the other,
/// and whatever is wrong has a name.
@c(LLVMFuzzerTestOneInput)
package func readCommands(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { frame in
        let reading = CommandReading(frame, .json)
        agree(CommandReading(frame, .json), reading, "a frame is not read as the same twice")
        for command in reading.commands { command.expectSameInBothForms() }
        CommandReading.expectTogether(reading.commands)
    }
}
