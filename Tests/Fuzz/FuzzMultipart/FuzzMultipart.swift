import FuzzKit
import HTTP

/// A form in several parts: however it is cut, the same parts are read; and after an error nothing.
@c(LLVMFuzzerTestOneInput)
package func readParts(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        let readings = Cuts(bytes).ways.map { PartsReading(bytes, $0) }
        for other in readings.dropFirst() {
            agree(readings[0], other, "the parts depend on where they were cut")
        }
    }
}

/// What a reader makes of one way to cut the bytes, the pieces of a part joined.
struct PartsReading: Equatable {
    private static let mostParts = 4

    private var events: [MultipartReader.Event] = []
    private var error: MultipartReader.Problem?

    init(_ bytes: [UInt8], _ pieces: [Range<Int>]) {
        guard
            var reader = MultipartReader(
                contentType: "multipart/form-data; boundary=b", partLimit: PartsReading.mostParts)
        else { fatalError("a good type is refused") }
        do throws(MultipartReader.Problem) {
            for range in pieces {
                for event in try reader.read(Array(bytes[range])) { take(event) }
            }
            try reader.finish()
            agree(events.last, .end, "a form ends without an end")
        } catch {
            self.error = error
        }
        let parts = events.count { if case .part = $0 { true } else { false } }
        hold(parts <= PartsReading.mostParts, "there are more parts than may be")
    }

    private mutating func take(_ event: MultipartReader.Event) {
        hold(events.last != .end, "something comes after the end")
        switch event {
        case .data(let bytes):
            hold(!bytes.isEmpty, "a piece is empty")
            if case .data(let before)? = events.last {
                events[events.count - 1] = .data(before + bytes)
                return
            }
            guard case .part? = events.last else { fatalError("content stands outside of a part") }
        case .endOfPart:
            switch events.last {
            case .part?, .data?: break
            default: fatalError("a part ends that has not begun")
            }
        case .part, .end:
            hold(events.isEmpty || events.last == .endOfPart, "a part begins within another")
        }
        events.append(event)
    }
}
