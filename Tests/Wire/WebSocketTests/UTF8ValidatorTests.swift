import TestKit
import Testing
import WebSocket

struct `UTF-8 validator` {
    /// Compares every prefix, so that the first impossible octet must be the one that is refused.
    private func compare(_ octets: [UInt8], _ comment: Comment? = nil) {
        var validator = UTF8Validator()
        var isPossible = true
        for count in 1...max(octets.count, 1) where count <= octets.count {
            isPossible = isPossible && UTF8ReferenceDecoder.isPossible(Array(octets[..<count]))
            let isAccepted = validator.consume([octets[count - 1]])
            guard isAccepted == isPossible else {
                Issue.record("octet \(count - 1) of \(octets): \(isAccepted) instead of \(isPossible)")
                return
            }
            let isWhole = isPossible && UTF8ReferenceDecoder.isValid(Array(octets[..<count]))
            guard validator.isComplete == isWhole else {
                Issue.record("after octet \(count - 1) of \(octets): complete is \(validator.isComplete)")
                return
            }
        }
        #expect(UTF8Validator.isValid(octets) == UTF8ReferenceDecoder.isValid(octets), comment)
    }

    @Test func `agrees with the slow reference on all of one and two octets`() {
        for first in UInt8.min ... .max {
            compare([first])
            for second in UInt8.min ... .max {
                let octets = [first, second]
                if UTF8Validator.isValid(octets) != UTF8ReferenceDecoder.isValid(octets) {
                    Issue.record("\(octets)")
                }
            }
        }
    }

    @Test func `agrees with it on the edges of three and four octets`() {
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for first in UInt8(0xE0)...0xF8 {
            for second in edges {
                for third in edges {
                    compare([first, second, third])
                    if first >= 0xEF {
                        let octets = [first, second, third, 0xBF]
                        #expect(UTF8Validator.isValid(octets) == UTF8ReferenceDecoder.isValid(octets))
                    }
                }
            }
        }
    }

    @Test func `agrees with it on random texts, right and spoilt`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of the UTF-8 comparison: \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var octets = Array(generator.text(Int.random(in: 0...12, using: &generator)).utf8)
            #expect(UTF8Validator.isValid(octets), "seed \(seed)")
            if let spot = octets.indices.randomElement(using: &generator) {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: octets[spot] = UInt8.random(in: 0 ... .max, using: &generator)
                case 1: octets.remove(at: spot)
                default: octets.insert(UInt8.random(in: 0x80 ... .max, using: &generator), at: spot)
                }
            }
            compare(octets, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<40)
    func `finds one wrong octet at any place among ASCII`(place: Int) {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 40)
        for wrong: UInt8 in [0x80, 0xC0, 0xFF] {
            var octets = text
            octets[place] = wrong
            #expect(!UTF8Validator.isValid(octets))
        }
        var cut = Array(text[..<place])
        cut.append(0xC3)
        var validator = UTF8Validator()
        let isPossible = validator.consume(cut)
        #expect(isPossible)
        #expect(!validator.isComplete)
    }

    @Test func `stays refused once it is`() {
        var validator = UTF8Validator()
        for octet: UInt8 in [0xFF, 0x61] {
            let isPossible = validator.consume([octet])
            #expect(!isPossible)
        }
        #expect(!validator.isComplete)
    }
}
