import JSON

/// Random numbers that can be had again: SplitMix64, whose seed the tests print.
struct SeededRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64 = .random(in: 0...(.max))) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Any value, nested at most `depth` deep.
    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(.random(using: &self))
        case 2: return .int(Int64.random(in: .min...(.max), using: &self))
        case 3: return .double(Double(bitPattern: .random(in: 0...(.max), using: &self)))
        case 4, 5: return .string(string())
        case 6: return .array((0..<Int.random(in: 0...5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...20, using: &self) {
                object.set(string(), value(depth: depth - 1))
            }
            return .object(object)
        }
    }

    private mutating func string() -> String {
        var scalars = String.UnicodeScalarView()
        let limits: [UInt32] = [0x20, 0x80, 0x800, 0x3000, 0x11_0000]
        for _ in 0..<Int.random(in: 0...12, using: &self) {
            let limit = limits.randomElement(using: &self) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &self)) {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}

/// A number as it is written.
func number(_ text: String) -> JSONNumber {
    guard case .number(let number) = try? JSONReader.read(text) else {
        preconditionFailure("\(text) is no number")
    }
    return number
}
