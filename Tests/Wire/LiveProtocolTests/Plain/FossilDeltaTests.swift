@testable import LiveProtocol
import TestKit
import Testing

struct `Fossil delta` {
    private func delta(_ source: String, _ target: String) -> String {
        String(decoding: FossilDelta.encode(from: Array(source.utf8), to: Array(target.utf8)), as: UTF8.self)
    }

    /// Sums and base 64 were worked out from the format's description, apart from this code.
    @Test(
        arguments: [
            ("", "", "0\n0;"), ("", "abc", "3\n3:abc1XObC0;"), ("abc", "", "0\n0;"),
            ("hello, world", "hello, world", "C\nC@0,170~a7;"),
            // A beginning and an end are copied, what lies between them is a literal.
            ("hello, brave world", "hello, old world", "G\n7@0,3:old6@C,2oQ1br;"),
            // Five bytes alike are not worth a copy.
            ("abcde", "abcdeX", "6\n6:abcdeX36jbD_;"),
            (
                #"{"text":"the same words each time, 1"}"#, #"{"text":"the same words each time, 2"}"#,
                "b\nZ@0,3:2\"}RWZW7;"
            ),
        ] as [(String, String, String)])
    func `writes length, copies, literals and the sum`(source: String, target: String, expected: String)
        throws
    {
        #expect(delta(source, target) == expected)
        #expect(try DeltaReader.apply(Array(expected.utf8), to: Array(source.utf8)) == Array(target.utf8))
    }

    @Test func `finds what stands elsewhere in the source`() throws {
        let block = "a block of text that is long enough to be found, "
        let made = delta("start " + block + "end", "entirely other words, then " + block + "and no more")
        #expect(made.contains("@"))
        #expect(made.utf8.count < 60)
    }

    @Test func `says in few bytes that nothing has changed`() {
        let text = String(repeating: "the same again ", count: 1000)
        #expect(delta(text, text).utf8.count < 20)
    }

    @Test func `takes no longer for what repeats itself`() throws {
        let source = [UInt8](repeating: 97, count: 60_000)
        let target = [98] + [UInt8](repeating: 97, count: 60_000) + [98]
        let made = FossilDelta.encode(from: source, to: target)
        #expect(try DeltaReader.apply(made, to: source) == target)
    }

    @Test(arguments: ["ä😀日", "😀😁😂🤣", "ééééèèèè"])
    func `cuts no character in two`(letters: String) throws {
        let source = String(repeating: letters, count: 20)
        for replaced in ["ö", "😎", "x", "\u{1F600}\u{1F642}"] {
            for place in 0..<12 {
                var characters = Array(source)
                characters[place] = Character(String(replaced.prefix(1)))
                let target = String(characters)
                let made = FossilDelta.encode(from: Array(source.utf8), to: Array(target.utf8))
                #expect(String(validating: made, as: UTF8.self) != nil)
                #expect(try DeltaReader.apply(made, to: Array(source.utf8)) == Array(target.utf8))
            }
        }
    }

    @Test func `is read back to what it was made for, whatever the bytes`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("fossil delta seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let letters = UInt8.random(in: 1...255, using: &random)
            let source = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...letters, using: &random)
            }
            var target = source
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let place = Int.random(in: 0...target.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: target.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
                case 1: target = Array(target[place...] + target[..<place])
                case 2: target.removeLast(min(target.count, place / 3))
                default: target += source.prefix(place)
                }
            }
            let made = FossilDelta.encode(from: source, to: target)
            #expect(try DeltaReader.apply(made, to: source) == target)
        }
    }
}

/// Applies a delta, as a client does.
private enum DeltaReader {
    enum Problem: Error { case cutShort, badDigit, outside, checksum, length, unknown(UInt8) }

    static func apply(_ delta: [UInt8], to source: [UInt8]) throws -> [UInt8] {
        var rest = delta[...]
        let length = try number(&rest)
        guard rest.popFirst() == UInt8(ascii: "\n") else { throw Problem.cutShort }
        var target: [UInt8] = []
        while true {
            let count = try number(&rest)
            switch rest.popFirst() {
            case UInt8(ascii: "@"):
                let from = try number(&rest)
                guard rest.popFirst() == UInt8(ascii: ","), from + count <= source.count else {
                    throw Problem.outside
                }
                target += source[from..<from + count]
            case UInt8(ascii: ":"):
                guard rest.count >= count else { throw Problem.cutShort }
                target += rest.prefix(count)
                rest = rest.dropFirst(count)
            case UInt8(ascii: ";"):
                guard target.count == length else { throw Problem.length }
                guard count == Int(FossilDelta.checksum(target)) else { throw Problem.checksum }
                guard rest.isEmpty else { throw Problem.length }
                return target
            case let other?: throw Problem.unknown(other)
            case nil: throw Problem.cutShort
            }
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) throws -> Int {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~".utf8)
        var value = 0
        var any = false
        while let first = rest.first, let digit = digits.firstIndex(of: first) {
            value = value << 6 | digit
            any = true
            rest = rest.dropFirst()
        }
        guard any else { throw Problem.badDigit }
        return value
    }
}
