import HTTP
import Testing

private let simple =
    "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
    + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\n"
    + "two\r\n--x\r\n\r\n--b--\r\nafter"

struct `Multipart reader` {
    private func reader(_ boundary: String = "b", parts: Int = 64) throws -> MultipartReader {
        try #require(
            MultipartReader(contentType: "multipart/form-data; boundary=\(boundary)", partLimit: parts))
    }

    /// The parts in a form that does not depend on cuts.
    private func read(_ body: [UInt8], cuts: [Int], _ reader: MultipartReader) throws -> [String] {
        var reader = reader
        var lines: [String] = []
        var content: [UInt8] = []
        var start = 0
        for cut in cuts + [body.count] {
            for event in try reader.read(Array(body[start..<cut])) {
                switch event {
                case .part(let name, let filename, let type):
                    lines.append("\(name)|\(filename ?? "-")|\(type ?? "-")")
                    content = []
                case .data(let bytes):
                    #expect(!bytes.isEmpty)
                    content += bytes
                case .endOfPart: lines.append(String(decoding: content, as: UTF8.self))
                case .end: lines.append("end")
                }
            }
            start = cut
        }
        try reader.finish()
        return lines
    }

    private func read(_ body: String, boundary: String = "b") throws -> [String] {
        try read(Array(body.utf8), cuts: [], reader(boundary))
    }

    private static let expected = ["a|-|-", "one", "file|x.txt|text/plain", "two\r\n--x\r\n", "end"]

    @Test func `reads parts one after the other`() throws { #expect(try read(simple) == Self.expected) }

    @Test func `does not mind how it was cut`() throws {
        let body = Array(simple.utf8)
        for cut in 0...body.count {
            #expect(try read(body, cuts: [cut], reader()) == Self.expected, "cut at \(cut)")
        }
        #expect(try read(body, cuts: Array(0...body.count), reader()) == Self.expected)
    }

    @Test func `gives back what was put in, whatever it is`() throws {
        let seed = UInt64.random(in: 0...(.max))
        var random = SplitMix(state: seed)
        for round in 0..<300 {
            let alphabet = Array("\r\n-b x".utf8)
            let contents = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                (0..<Int.random(in: 0...60, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? 0
                }
            }
            // A boundary that none of the contents can hold.
            var body: [UInt8] = []
            for (index, content) in contents.enumerated() {
                body += Array("--bZ\r\ncontent-disposition: form-data; name=n\(index)\r\n\r\n".utf8) + content
                body += Array("\r\n".utf8)
            }
            body += Array("--bZ--".utf8)
            let cuts = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Int.random(in: 0...body.count, using: &random)
            }.sorted()
            var expected: [String] = []
            for (index, content) in contents.enumerated() {
                expected += ["n\(index)|-|-", String(decoding: content, as: UTF8.self)]
            }
            #expect(
                try read(body, cuts: cuts, reader("bZ")) == expected + ["end"], "seed \(seed), round \(round)"
            )
        }
    }

    @Test(
        arguments: [
            ("name=\"a\"; filename=\"a \\\"b\\\" c\"", "a|a \"b\" c|-"),
            ("name=\"a\"; filename=\"a%22b\"", "a|a%22b|-"),
            ("name=a; filename=b.txt", "a|b.txt|-"),
            ("name=\"é\"; filename=\"ü;x=y.txt\"", "é|ü;x=y.txt|-"),
            ("name=\"a\"; filename=\"x\"; filename*=UTF-8''na%C3%AFve+1.txt", "a|naïve+1.txt|-"),
            ("name=\"\"; filename=\"\"", "||-"), ("NAME=\"a\" ;  filename=\"..\\\\x\"", "a|..\\x|-"),
        ])
    func `reads names as programs write them`(parameters: String, expected: String) throws {
        let body = "--b\r\nContent-Disposition: form-data; \(parameters)\r\n\r\n\r\n--b--"
        #expect(try read(body) == [expected, "", "end"])
    }

    @Test func `passes over a preamble and reads empty parts`() throws {
        let body =
            "hello\r\n--bb\r\n--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n--b \t\r\n"
            + "Content-Disposition: form-data; name=y\r\n\r\n--b\r\n--b--"
        #expect(throws: MultipartReader.Problem.malformed) { try read("hello\r\n--bb\r\n\r\n--b--") }
        #expect(
            try read(body.replacing("\r\n--bb\r\n", with: "\r\n"), boundary: "b")
                == ["x|-|-", "", "y|-|-", "--b", "end"])
    }

    @Test(
        arguments: [
            ("", MultipartReader.Problem.endedEarly), ("--b", .endedEarly), ("--b\r\n", .endedEarly),
            ("--b\r\nContent-Disposition: form-data; name=x\r\n\r\nabc", .endedEarly),
            ("--b\r\nContent-Disposition: form-data; name=x\r\n\r\nabc\r\n--b", .endedEarly),
            ("--bx\r\n", .malformed), ("--b\r\n\r\nabc\r\n--b--", .malformed),
            ("--b\r\nContent-Disposition: form-data\r\n\r\n\r\n--b--", .malformed),
            ("--b\r\nContent-Disposition: attachment; name=x\r\n\r\n\r\n--b--", .malformed),
            ("--b\r\nContent-Disposition: form-data; name=\"x\r\n\r\n\r\n--b--", .malformed),
            ("--b\r\nContent-Disposition: form-data; name=x; name=y\r\n\r\n\r\n--b--", .malformed),
            ("--b\r\nContent-Disposition: form-data; name=x\r\nbad\r\n\r\n\r\n--b--", .malformed),
            (
                "--b\r\nContent-Disposition: form-data; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--b--",
                .malformed
            ),
            ("--b\r\nX: \(String(repeating: "x", count: 9000))\r\n\r\n", .headerTooLarge),
            ("--b\r\n\(String(repeating: "x", count: 9000))", .headerTooLarge),
        ])
    func `refuses what is none`(body: String, problem: MultipartReader.Problem) throws {
        #expect(throws: problem) { try read(body) }
    }

    @Test func `refuses more parts than there may be`() throws {
        let part = "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n"
        let two = Array((part + part + "--b--").utf8)
        #expect(try read(two, cuts: [], reader(parts: 2)).count == 5)
        #expect(throws: MultipartReader.Problem.tooManyParts) { try read(two, cuts: [], reader(parts: 1)) }
    }

    @Test(
        arguments: [
            nil, "text/plain; boundary=b", "multipart/form-data", "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"a \"", "multipart/mixed; boundary=b",
            "multipart/form-data; boundary=\(String(repeating: "a", count: 71))",
        ])
    func `needs a boundary that may be one`(type: String?) {
        #expect(MultipartReader(contentType: type) == nil)
    }

    @Test func `gives what stands before an error first, however it is cut, and the error ever after`() throws
    {
        let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\none\r\n"
        let body = Array((part + "--bx\r\n" + part + "--b--").utf8)
        let expected: [MultipartReader.Event] = [
            .part(name: "a", filename: nil, contentType: nil), .data(Array("one".utf8)), .endOfPart,
        ]
        for cut in part.utf8.count...body.count {
            var reader = try reader()
            var events = try reader.read(Array(body[..<cut]))
            if let more = try? reader.read(Array(body[cut...])) { events += more }
            #expect(events == expected, "cut at \(cut)")
            #expect(throws: MultipartReader.Problem.malformed) { try reader.read(Array(part.utf8)) }
            #expect(throws: MultipartReader.Problem.malformed) { try reader.finish() }
        }
    }
}
