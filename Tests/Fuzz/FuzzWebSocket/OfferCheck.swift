import FuzzKit
import WebSocket

/// Reads bytes as what a client offers in `Sec-WebSocket-Extensions`: what is agreed to is within our means, and offered back it
/// is agreed to as the same.
enum OfferCheck {
    static func check(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let chosen = try? DeflateAgreement.choose(lines)
        guard let agreement = chosen ?? nil else { return }
        hold(DeflateAgreement.windows.contains(agreement.serverWindow), "a window was agreed to that is none")
        let again = try? DeflateAgreement.choose([agreement.field])
        agree(again ?? nil, agreement, "what was answered is no offer")
    }
}
