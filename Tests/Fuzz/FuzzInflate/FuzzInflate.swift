import FuzzKit
import WebSocket

// One of each, as a loop has them: what one message leaves behind must not show in the next.
nonisolated(unsafe) private let usedInflater = MessageInflater()
nonisolated(unsafe) private let usedDeflater = MessageDeflater()

/// Compressed messages: never more than the bound comes out, and what our deflater packs comes out again, whatever the
/// window.
@c(LLVMFuzzerTestOneInput)
package func inflate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.run(start, count) { bytes in
        // The first byte says how much may come out: 1 byte to 1 MiB.
        guard let first = bytes.first else { return }
        let payload = Array(bytes.dropFirst())
        let limit = 1 << Int(first % 21)
        let content = expand(payload, limit)
        if let content {
            for smaller in [content.count - 1, 0] where (0..<content.count).contains(smaller) {
                let bounded = result(payload, smaller, usedInflater)
                agree(bounded, .failure(.tooLarge(limit: smaller)), "a bound is not kept")
            }
            packAndUnpack(content, windows: [9 + Int(first) % 7])
        }
        packAndUnpack(payload, windows: Array(DeflateAgreement.windows))
    }
}

private func result(
    _ payload: [UInt8], _ limit: Int, _ inflater: MessageInflater
) -> Result<[UInt8], FrameError> {
    Result { () throws(FrameError) in try inflater.inflate(payload.span, limit: limit) }
}

private func expand(_ payload: [UInt8], _ limit: Int) -> [UInt8]? {
    let used = result(payload, limit, usedInflater)
    agree(used, result(payload, limit, MessageInflater()), "what comes out depends on the message before")
    switch used {
    case .success(let content):
        hold(content.count <= limit, "more comes out than may")
        return content
    case .failure(let error):
        hold([.tooLarge(limit: limit), .invalidDeflate].contains(error), "\(error) is none of inflating")
        return nil
    }
}

private func packAndUnpack(_ content: [UInt8], windows: [Int]) {
    for window in windows {
        // `nil` where nothing is saved.
        guard let packed = usedDeflater.deflate(content.span, window: window) else { continue }
        hold(packed.count < content.count, "a packed message is no shorter")
        agree(
            result(packed, content.count, usedInflater), .success(content), "window \(window) loses something"
        )
    }
}
