import HTTP
import Testing

struct `Request parser fed in pieces` {
    static let corpus = Corpus.accepted + Corpus.refused.map(\.text)

    @Test(arguments: corpus)
    func `reads the same cut at every byte`(text: String) {
        let bytes = Array(text.utf8)
        let whole = Reading(bytes)
        // Of the one text of a thousand equal bytes a part is enough.
        for cut in 0...min(bytes.count, 300) {
            #expect(Reading(bytes, cuts: [cut]) == whole, "cut at \(cut)")
        }
        #expect(Reading(bytes, cuts: Array(0..<bytes.count)) == whole, "byte by byte")
    }

    @Test func `reads the same in random pieces`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of random pieces: \(seed)")
        var random = SplitMix(state: seed)
        for text in Self.corpus {
            let bytes = Array(text.utf8)
            let whole = Reading(bytes)
            for _ in 0..<5 {
                let cuts = (0..<Int.random(in: 1...6, using: &random))
                    .map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
                #expect(Reading(bytes, cuts: cuts) == whole, "\(text.debugDescription) cut at \(cuts)")
            }
        }
    }

    @Test func `waits for more at every end but the last`() {
        let text = request("POST / HTTP/1.1", "Content-Length: 5", body: "hello")
        for count in 0..<text.utf8.count {
            let reading = Reading(Array(text.utf8.prefix(count)))
            #expect(reading.error == nil)
            #expect(reading.requests.first?.trailers == nil)
        }
    }
}
