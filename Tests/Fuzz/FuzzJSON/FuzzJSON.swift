import FuzzKit
import JSON

/// JSON: the reader and the scanner that passes values on agree on what is JSON; what was read is written and read as the
/// same; and writing is a fixed point.
@c(LLVMFuzzerTestOneInput)
package func readJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        let raw = Result { () throws(JSONError) in try RawJSON(validating: bytes) }
        do throws(JSONError) {
            let value = try JSONReader.read(bytes)
            guard case .success(let raw) = raw else { fatalError("what can be read is no JSON") }
            hold(!raw.bytes.contains { $0 < 0x20 }, "a value is more than a line")
            agree(try? JSONReader.read(raw), value, "a value that is passed on changes")
            let written = RawJSON(value)
            agree(try? JSONReader.read(written), value, "a value changes when it is written")
            agree(RawJSON((try? JSONReader.read(written)) ?? .null), written, "writing is no fixed point")
        } catch {
            hold((0...bytes.count).contains(error.offset), "an error lies outside")
            hold(!error.message.isEmpty, "an error has no sentence")
            // Passing on does not look for names that stand twice.
            if case .success = raw { agree(error.problem, .duplicateName, "what is JSON cannot be read") }
        }
    }
}
