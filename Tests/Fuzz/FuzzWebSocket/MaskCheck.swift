import FuzzKit
import WebSocket

/// Walks over the frames of a stream that was taken, by the lengths alone (RFC 6455 §5.2).
enum MaskCheck {
    static func check(_ stream: [UInt8], _ terms: Terms, finished: Bool) {
        var position = 0
        while position + 2 <= stream.count {
            let isMasked = stream[position + 1] & 0x80 != 0
            hold(isMasked == (terms.peer == .client), "a frame was taken with a mask amiss")
            let isClose = stream[position] & 0x0F == 0x8
            var length = Int(stream[position + 1] & 0x7F)
            var header = 2
            if length >= 126 {
                let octets = length == 126 ? 2 : 8
                guard position + 2 + octets <= stream.count else { return }
                length = stream[position + 2..<position + 2 + octets].reduce(0) { $0 << 8 | Int($1) }
                header += octets
            }
            position += header + (isMasked ? 4 : 0) + length
            // Whatever follows a close frame means nothing.
            if finished, isClose { return }
        }
    }
}
