/// A frame as the standard draws it, legal or not, written by tests without the code under test.
struct WireFrame: Sendable {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    /// `nil` for a frame that is not masked.
    var key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]

    static func text(_ text: String, isFinal: Bool = true, reserved: UInt8 = 0) -> WireFrame {
        WireFrame(opcode: 1, payload: Array(text.utf8), isFinal: isFinal, reserved: reserved)
    }

    static func text(octets: [UInt8], isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 1, payload: octets, isFinal: isFinal)
    }

    static func binary(_ octets: [UInt8], isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 2, payload: octets, isFinal: isFinal)
    }

    static func more(_ text: String, isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 0, payload: Array(text.utf8), isFinal: isFinal)
    }

    static func more(octets: [UInt8], isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 0, payload: octets, isFinal: isFinal)
    }

    static func ping(_ octets: [UInt8] = [], isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 9, payload: octets, isFinal: isFinal)
    }

    static func pong(_ octets: [UInt8] = [], isFinal: Bool = true) -> WireFrame {
        WireFrame(opcode: 10, payload: octets, isFinal: isFinal)
    }

    static func close(_ code: Int? = nil, _ reason: [UInt8] = []) -> WireFrame {
        let octets = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
        return WireFrame(opcode: 8, payload: octets + reason)
    }

    /// The octets on the wire (RFC 6455 §5.2).
    var octets: [UInt8] {
        var octets = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let maskBit: UInt8 = key == nil ? 0 : 0x80
        if payload.count > 0xFFFF {
            octets.append(maskBit | 127)
            octets += withUnsafeBytes(of: UInt64(payload.count).bigEndian, Array.init)
        } else if payload.count > 125 {
            octets.append(maskBit | 126)
            octets += withUnsafeBytes(of: UInt16(payload.count).bigEndian, Array.init)
        } else {
            octets.append(maskBit | UInt8(payload.count))
        }
        guard let key else { return octets + payload }
        octets += key
        octets += payload.enumerated().map { $1 ^ key[$0 % 4] }
        return octets
    }
}
