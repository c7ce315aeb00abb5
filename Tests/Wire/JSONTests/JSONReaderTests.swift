import JSON
import Testing

struct `JSON reader` {
    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", true), ("false", false), (" \t\r\n1 ", 1),
            ("-0", .number(number("-0"))),
            ("\"\"", ""), ("[]", []), ("{}", [:]), ("[1,[2,[3]]]", [1, [2, [3]]]),
            (#"{"a":{"b":[true,null]},"c":"d"}"#, ["a": ["b": [true, nil]], "c": "d"]),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"),
            (#""\u0041\u00e9\u20AC\uD83D\uDe00""#, "Aé€😀"), (#""\u0000""#, "\0"), ("\"é€😀\"", "é€😀"),
            (#"{"":1}"#, ["": 1]), ("\"\u{7F}\"", "\u{7F}"), ("[ 1 , 2 ]", [1, 2]),
        ] as [(String, JSONValue)])
    func `builds what the text says`(text: String, expected: JSONValue) throws {
        #expect(try JSONReader.read(text) == expected)
    }

    @Test(
        arguments: [
            ("", JSONError.Problem.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[", .unexpectedEnd, 1),
            ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3), ("{", .unexpectedEnd, 1),
            (#"{"a""#, .unexpectedEnd, 4), (#"{"a":"#, .unexpectedEnd, 5), (#"{"a":1"#, .unexpectedEnd, 6),
            (#"{"a":1,"#, .unexpectedEnd, 7), ("\"abc", .unexpectedEnd, 4), ("\"abc\\", .unexpectedEnd, 5),
            ("\"\\u12", .unexpectedEnd, 5), ("tru", .unexpectedEnd, 3), ("-", .unexpectedEnd, 1),
            ("1.", .unexpectedEnd, 2), ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
            ("]", .expectedValue, 0), ("[,1]", .expectedValue, 1), ("[1,]", .expectedValue, 3),
            ("+1", .expectedValue, 0), (".5", .expectedValue, 0), ("'a'", .expectedValue, 0),
            ("#", .expectedValue, 0),
            ("\u{FEFF}1", .expectedValue, 0), ("\u{0B}1", .expectedValue, 0), (#"{"a":}"#, .expectedValue, 5),
            ("{1:2}", .expectedName, 1), ("{a:2}", .expectedName, 1), (#"{"a":1,}"#, .expectedName, 7),
            ("{,}", .expectedName, 1), (#"{"a" 1}"#, .expectedColon, 5), (#"{"a","b"}"#, .expectedColon, 4),
            ("[1 2]", .expectedComma, 3), (#"{"a":1 "b":2}"#, .expectedComma, 7), ("[1}", .expectedComma, 2),
            (#"{"a":1]"#, .expectedComma, 6), ("[1;2]", .expectedComma, 2),
            ("1 2", .trailingData, 2), ("{}{}", .trailingData, 2), ("[]]", .trailingData, 2),
            ("1,", .trailingData, 1),
            ("0x10", .trailingData, 1), ("1a", .trailingData, 1),
            ("NaN", .badLiteral, 0), ("Infinity", .badLiteral, 0), ("nul!", .badLiteral, 0),
            ("True", .badLiteral, 0),
            ("nullable", .badLiteral, 0), ("truefalse", .badLiteral, 0), ("undefined", .badLiteral, 0),
            ("01", .badNumber, 0), ("-01", .badNumber, 1), ("00", .badNumber, 0), ("1.x", .badNumber, 2),
            ("1.e5", .badNumber, 2), ("--1", .badNumber, 1), ("-Infinity", .badNumber, 1),
            ("[1e]", .badNumber, 3),
            ("\"a\nb\"", .controlCharacter, 2), ("\"\0\"", .controlCharacter, 1),
            ("\"\t\"", .controlCharacter, 1),
            ("\"\u{1F}\"", .controlCharacter, 1),
            (#""\a""#, .badEscape, 1), (#""\x41""#, .badEscape, 1), (#""\u12G4""#, .badEscape, 1),
            (#""\U0041""#, .badEscape, 1), (#""\u+123""#, .badEscape, 1),
            (#""\uD800""#, .loneSurrogate, 1), (#""\uDC00""#, .loneSurrogate, 1),
            (#""\uD800\u0041""#, .loneSurrogate, 1),
            (#""\uD800\n12345""#, .loneSurrogate, 1), (#""\uDE00\uD83D""#, .loneSurrogate, 1),
            (#""\uD83Dabcdefgh""#, .loneSurrogate, 1), (#""\uD83D\uD83D\uDE00""#, .loneSurrogate, 1),
            (#"{"a":1,"a":2}"#, .duplicateName, 11), (#"{"a":1,"\u0061":2}"#, .duplicateName, 16),
        ] as [(String, JSONError.Problem, Int)])
    func `refuses what RFC 8259 does not allow`(text: String, problem: JSONError.Problem, offset: Int) {
        #expect(throws: JSONError(problem, at: offset)) { try JSONReader.read(text) }
        // Whatever is refused as a value is refused as raw text too, but for the names, which raw text may repeat.
        if problem != .duplicateName {
            #expect(throws: JSONError(problem, at: offset)) { try RawJSON(validating: Array(text.utf8)) }
        }
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 1),
            ([0x22, 0xE2, 0x82, 0x22], 1), ([0x22, 0x80, 0x22], 1),
        ] as [([UInt8], Int)])
    func `refuses strings that are not UTF-8`(bytes: [UInt8], offset: Int) {
        #expect(throws: JSONError(.badUTF8, at: offset)) { try JSONReader.read(bytes) }
        #expect(throws: JSONError(.badUTF8, at: offset)) { try RawJSON(validating: bytes) }
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `stops at the depth limit however many brackets follow`(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        let deepest = String(repeating: opening, count: 63) + "[]" + String(repeating: closing, count: 63)
        #expect(throws: Never.self) { try JSONReader.read(deepest) }
        let bomb = Array(String(repeating: opening, count: 1_000_000).utf8)
        let error = JSONError(.tooDeep, at: 64 * opening.utf8.count)
        #expect(throws: error) { try JSONReader.read(bomb) }
        #expect(throws: error) { try RawJSON(validating: bomb) }
    }

    @Test func `counts depth, not brackets`() throws {
        let text = "[" + String(repeating: "[[]],", count: 1000) + "{}]"
        #expect(try JSONReader.read(Array(text.utf8), depthLimit: 3).array?.count == 1001)
        #expect(throws: JSONError(.tooDeep, at: 2)) { try JSONReader.read(Array(text.utf8), depthLimit: 2) }
    }

    @Test func `keeps an object's order and finds members in large ones`() throws {
        let names = (0..<500).map { "name\($0)" }
        let text = "{" + names.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",") + "}"
        let object = try #require(try JSONReader.read(text).object)
        #expect(object.members.map(\.name) == names)
        for name in names { #expect(object[name]?.string == name) }
        #expect(object["none"] == nil)
        let doubled = text.dropLast() + ",\"name77\":1}"
        #expect { try JSONReader.read(String(doubled)) } throws: {
            ($0 as? JSONError)?.problem == .duplicateName
        }
    }

    @Test func `compares objects without regard to order`() throws {
        let one = try JSONReader.read(#"{"a":1,"b":[2]}"#)
        let other = try JSONReader.read(#"{"b":[2],"a":1}"#)
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != (try JSONReader.read(#"{"a":1,"b":[3]}"#)))
        #expect(one != (try JSONReader.read(#"{"a":1}"#)))
    }

    @Test func `says in a sentence what is wrong and where`() {
        #expect(
            JSONError(.expectedColon, at: 5).message == "malformed JSON: a colon is expected (byte 5)")
        #expect(
            JSONError(.unexpectedEnd, at: 0).message == "malformed JSON: the text ends too early (byte 0)")
    }

    @Test func `refuses every beginning of a document without a crash`() throws {
        let text = Array(#"{"a":[1,-2.5e+10,"x\u00e9\uD83D\uDE00é",true,null,{"b":false}],"c":{}}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONReader.read(Array(text[..<length])) }
        }
        #expect(throws: Never.self) { try JSONReader.read(text) }
    }

    @Test func `survives garbage`() {
        var random = SeededRandom()
        let alphabet =
            Array(#"{}[]",:\u0dD89tfrn-+.eE "#.utf8) + [0, 0x0A, 0x1F, 0x80, 0xC3, 0xA9, 0xE2, 0xF0, 0xFF]
        var valid = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let value = try? JSONReader.read(bytes)
            if let value {
                valid += 1
                #expect((try? JSONReader.read(RawJSON(value))) == value, "seed \(random.seed)")
                #expect(throws: Never.self, "seed \(random.seed)") { try RawJSON(validating: bytes) }
            }
        }
        print("garbage: seed \(random.seed), \(valid) texts were valid")
    }

    @Test func `survives a valid document with bytes changed`() throws {
        var random = SeededRandom()
        for _ in 0..<5_000 {
            var bytes = RawJSON(random.value(depth: 3)).bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            guard let value = try? JSONReader.read(bytes) else { continue }
            #expect(try JSONReader.read(RawJSON(value)) == value, "seed \(random.seed)")
        }
        print("changed bytes: seed \(random.seed)")
    }

    @Test func `reads back what was written`() throws {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            let value = random.value(depth: 4)
            let raw = RawJSON(value)
            #expect(try JSONReader.read(raw) == value, "seed \(random.seed)")
            #expect(try RawJSON(validating: raw.bytes) == raw, "seed \(random.seed)")
            #expect(!raw.bytes.contains { $0 < 0x20 }, "seed \(random.seed)")
        }
        print("round trips: seed \(random.seed)")
    }
}
