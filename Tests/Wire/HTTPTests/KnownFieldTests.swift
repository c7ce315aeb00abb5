import HTTPTypes
import Testing

@testable import HTTP

struct `Known fields` {
    private func find(_ bytes: [UInt8]) -> KnownField? { KnownField.find(bytes.span) }

    @Test(arguments: KnownField.names)
    func `are found in any case`(name: String) {
        let upper = Array(name.uppercased().utf8)
        #expect(find(Array(name.utf8))?.name.canonicalName == name)
        #expect(find(upper)?.name.canonicalName == name)
    }

    @Test(arguments: KnownField.names)
    func `are not mistaken for others`(name: String) {
        for index in name.utf8.indices {
            var bytes = Array(name.utf8)
            let offset = name.utf8.distance(from: name.startIndex, to: index)
            bytes[offset] = bytes[offset] == 0x71 ? 0x78 : 0x71
            let found = find(bytes)?.name.canonicalName
            #expect(found == nil || found == String(decoding: bytes, as: UTF8.self))
        }
        #expect(find(Array((name + "~").utf8)) == nil)
    }

    @Test(arguments: ["h_st", "^ost", "_", "", "x"])
    func `are not made up`(name: String) {
        #expect(find(Array(name.utf8)) == nil)
    }

    @Test func `sets hold what they say`() {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(ByteSet.token.contains(byte) == tokens.contains(byte))
            let isVisible = byte > 0x20 && byte < 0x7F
            #expect(ByteSet.query.contains(byte) == (isVisible && !"\"#<>%".utf8.contains(byte)))
            #expect(ByteSet.path.contains(byte) == (isVisible && !"\"#<>%?\\^`{}".utf8.contains(byte)))
            #expect(ByteSet.cookieOctet.contains(byte) == (isVisible && !"\",;\\".utf8.contains(byte)))
            #expect(
                ByteSet.quotedText.contains(byte)
                    == ((isVisible || byte == 0x20 || byte == 9) && !"\"\\".utf8.contains(byte)))
        }
    }
}
