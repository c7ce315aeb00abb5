import HTTP
import HTTPTypes
import Testing

struct `Request parser and chance` {
    @Test func `reads back what was written`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of written requests: \(seed)")
        var random = SplitMix(state: seed)
        for _ in 0..<300 {
            let written = WrittenRequest(&random)
            let bytes = written.encoded(&random)
            let cuts = (0..<Int.random(in: 0...4, using: &random))
                .map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            let reading = Reading(bytes, cuts: cuts)
            #expect(reading.error == nil)
            let read = try #require(reading.requests.first)
            #expect(read.trailers != nil)
            #expect(read.head.method.rawValue == written.method)
            #expect(try read.head.target.segments() == written.segments)
            #expect(try read.head.target.queryFields().fields == written.query)
            #expect(read.body == written.body)
            for (name, value) in written.fields { #expect(read.head.fields[name] == value) }
        }
    }

    @Test func `survives garbage`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of garbage: \(seed)")
        var random = SplitMix(state: seed)
        let seeds = Corpus.accepted.map { Array($0.utf8) }
        for round in 0..<3000 {
            var bytes: [UInt8]
            if round % 3 == 0 {
                bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            } else {
                bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    default: if bytes.count > 1 { bytes.remove(at: place) }
                    }
                }
            }
            let whole = Reading(bytes)
            #expect(Reading(bytes, cuts: Array(0..<bytes.count)) == whole, "\(bytes)")
        }
    }
}

/// A request made up at random, and its bytes.
private struct WrittenRequest {
    let method: String
    let segments: [String]
    let query: [FormFields.Field]
    let fields: [(name: HTTPField.Name, value: String)]
    let body: [UInt8]

    init(_ random: inout SplitMix) {
        method = ["GET", "POST", "PUT", "DELETE", "PATCH", "X-OWN"].randomElement(using: &random) ?? "GET"
        segments = (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.text(1...8, &random) }
        query = (0..<Int.random(in: 0...3, using: &random))
            .map { _ in FormFields.Field(name: Self.text(1...6, &random), value: Self.text(0...9, &random)) }
        fields = (0..<Int.random(in: 0...5, using: &random)).compactMap { number in
            let value = (0..<Int.random(in: 0...40, using: &random))
                .map { _ in Character(Unicode.Scalar(UInt8.random(in: 0x21...0x7E, using: &random))) }
            return HTTPField.Name("X-Field-\(number)").map { ($0, String(value)) }
        }
        body = (0..<Int.random(in: 0...300, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
    }

    private static func text(_ counts: ClosedRange<Int>, _ random: inout SplitMix) -> String {
        let letters: [Character] = [
            "a", "Z", "9", "-", "+", "%", "/", "&", "=", "?", "#", " ", "é", "👍", "\\", "~",
        ]
        return String(
            (0..<Int.random(in: counts, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "a"
            })
    }

    func encoded(_ random: inout SplitMix) -> [UInt8] {
        var text = method + " "
        for segment in segments { text += "/" + PercentCoding.encode(segment) }
        if !query.isEmpty {
            text += "?"
            text += query.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
                .joined(separator: "&")
        }
        text += " HTTP/1.1\r\nHost: a\r\n"
        for (name, value) in fields { text += "\(name.rawName):\(value)\r\n" }
        if Bool.random(using: &random) {
            return Array((text + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
        }
        var bytes = Array((text + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        var rest = body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Int.random(in: 1...100, using: &random))
            bytes += Array(
                (String(chunk.count, radix: 16, uppercase: Bool.random(using: &random)) + "\r\n").utf8)
            bytes += chunk
            bytes += Array("\r\n".utf8)
            rest = rest.dropFirst(chunk.count)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }
}
