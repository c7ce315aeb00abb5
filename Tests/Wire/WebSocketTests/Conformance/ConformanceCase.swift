import Testing
import WebSocket

/// One case of the well-known conformance suite (Autobahn), under its number.
///
/// It says what is sent to an echo server, what must come back, and how the connection ends. Payloads are
/// ours.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    enum Ending: Sendable {
        /// The connection goes on.
        case open
        /// A close frame with this code answers the one that was sent.
        case echo(UInt16?)
        /// The connection is failed for this reason.
        case fail(FrameError)
    }

    let id: String
    let frames: [WireFrame]
    let answers: [Heard]
    let ending: Ending

    init(_ id: String, _ frames: [WireFrame], _ answers: [Heard] = [], _ ending: Ending = .open) {
        self.id = id
        self.frames = frames
        self.answers = answers
        self.ending = ending
    }

    var testDescription: String { id }
}

/// How the octets of a case reach the server; the outcome must be the same.
enum Delivery: CaseIterable, Sendable {
    case inOnePiece
    case frameByFrame
    case inChopsOf997
    case octetByOctet

    func pieces(_ frames: [WireFrame]) -> [ArraySlice<UInt8>] {
        switch self {
        case .inOnePiece: [frames.flatMap(\.octets)[...]]
        case .frameByFrame: frames.map { $0.octets[...] }
        case .inChopsOf997: frames.flatMap(\.octets).chopped(997)
        case .octetByOctet: frames.flatMap(\.octets).chopped(1)
        }
    }
}
