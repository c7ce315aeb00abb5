import JSON

/// A stable 64-bit digest of what a client asked for, to tell a repeated key from a reused one.
///
/// FNV-1a over the method's name and the data, objects in the order of their names: the order in which a client writes
/// members means nothing. It guards against mistakes, not against attackers: a key is its author's own.
struct CallDigest {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The digest of a call; `class` and `key` do not count, they are the key's scope and the key.
    static func of(method: String, data: JSONObject) -> Int64 {
        var digest = CallDigest()
        digest.add(text: method)
        digest.add(data, leavingOut: ["class", "key"])
        return Int64(bitPattern: digest.state)
    }

    private mutating func add(text: String) {
        for byte in text.utf8 { add(byte) }
        add(UInt8(0))
    }

    private mutating func add(_ byte: UInt8) {
        state ^= UInt64(byte)
        state = state &* 0x100_0000_01B3
    }

    private mutating func add(_ object: JSONObject, leavingOut names: Set<String> = []) {
        add(UInt8(ascii: "{"))
        for member in object.members.sorted(by: { $0.name < $1.name }) where !names.contains(member.name) {
            add(text: member.name)
            add(member.value)
        }
        add(UInt8(ascii: "}"))
    }

    private mutating func add(_ value: JSONValue) {
        switch value {
        case .null: add(UInt8(ascii: "n"))
        case .bool(let value): add(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .number(let number):
            add(UInt8(ascii: "0"))
            add(text: number.text)
        case .string(let text):
            add(UInt8(ascii: "\""))
            add(text: text)
        case .array(let elements):
            add(UInt8(ascii: "["))
            for element in elements { add(element) }
            add(UInt8(ascii: "]"))
        case .object(let object): add(object)
        }
    }
}
