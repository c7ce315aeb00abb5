import LiveProtocol
import WebSocket

/// How a session's messages are put into frames: those of one dialect share them.
struct Dialect: Hashable {
    /// Every client's that asks for nothing.
    static let plain = Dialect(form: .json, window: 0)

    /// The form of the protocol.
    let form: MessageForm
    /// The window of the messages that are compressed for it, as its binary logarithm; 0 for none.
    let window: UInt8

    /// A dialect of what the client asked for.
    init(form: MessageForm, window: UInt8) {
        self.form = form
        self.window = window
    }

    /// So many dialects there are, for ``place``.
    static let count = MessageForm.allCases.count * (DeflateAgreement.windows.count + 1)

    /// A number of its own, below ``count``.
    var place: Int {
        let windows = DeflateAgreement.windows
        return Int(form.rawValue) * (windows.count + 1)
            + (window == 0 ? 0 : Int(window) - windows.lowerBound + 1)
    }
}
