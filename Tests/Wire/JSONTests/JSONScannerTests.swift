import JSON
import Testing

struct `JSON scanner` {
    @Test func `finds the bytes of one member`() throws {
        let frame = Array(#"  {"channel":"chat:1", "data" : {"a":[1, 2],"b":"}"} ,"x":null} "#.utf8)
        let text = frame.span
        var scanner = JSONScanner(0..<frame.count)
        var found: [String: String] = [:]
        try scanner.beginObject(in: text)
        while let name = try scanner.nextName(in: text) {
            let range = try scanner.skip(in: text)
            found[name] = String(decoding: frame[range], as: UTF8.self)
        }
        try scanner.finish(in: text)
        #expect(found == ["channel": #""chat:1""#, "data": #"{"a":[1, 2],"b":"}"}"#, "x": "null"])
    }

    @Test func `takes values of each kind`() throws {
        let frame = Array(#"[1,"a\n",true,null,[false]]"#.utf8)
        let text = frame.span
        var scanner = JSONScanner(0..<frame.count)
        try scanner.beginArray(in: text)
        var kinds: [JSONKind] = []
        while try scanner.nextElement(in: text) {
            let kind = try scanner.kind(in: text)
            kinds.append(kind)
            switch kind {
            case .number: #expect(try scanner.number(in: text).int == 1)
            case .string: #expect(try scanner.string(in: text) == "a\n")
            case .bool: #expect(try scanner.bool(in: text))
            case .null: try scanner.null(in: text)
            default: #expect(try scanner.raw(in: text).text == "[false]")
            }
        }
        try scanner.finish(in: text)
        #expect(kinds == [.number, .string, .bool, .null, .array])
    }

    @Test func `refuses a value of another kind`() throws {
        let frame = Array(#" "a""#.utf8)
        var scanner = JSONScanner(0..<frame.count)
        #expect(throws: JSONError(.unexpectedKind, at: 1)) { try scanner.number(in: frame.span) }
        #expect(try scanner.string(in: frame.span) == "a")
    }

    @Test func `stays inside of its range`() throws {
        let frame = Array("[123456]".utf8)
        var scanner = JSONScanner(1..<4)
        #expect(try scanner.number(in: frame.span).int == 123)
        #expect(throws: Never.self) { try scanner.finish(in: frame.span) }
        var cut = JSONScanner(0..<4)
        #expect(throws: JSONError(.unexpectedEnd, at: 4)) { try cut.skip(in: frame.span) }
    }
}
