import JSON
import Testing

struct `JSON fields` {
    static let sample: JSONValue = [
        "text": "héllo", "empty": "", "seconds": 30, "big": 1, "half": 1.5, "yes": true, "nothing": nil,
        "nul": "a\0",
        "list": [1, "x"], "names": ["a", "bb"], "ids": [1, 2], "points": [0, 1.5, -3],
        "ops": [["op": "add", "element": ["id": "e1"]], ["op": 7]], "object": ["inner": ["x": "y"]],
    ]

    let fields: JSONFields

    init() throws { fields = try JSONFields(Self.sample) }

    @Test func `takes what is there`() throws {
        #expect(try fields.string("text", in: 1...5) == "héllo")
        #expect(try fields.string("empty", max: 5) == "")
        #expect(try fields.int("seconds", in: 5...3600) == 30)
        #expect(try fields.id("big") == 1)
        #expect(try fields.double("half", in: 0...2) == 1.5)
        #expect(try fields.bool("yes"))
        #expect(try fields.strings("names", in: 0...2, each: 1...2) == ["a", "bb"])
        #expect(try fields.ids("ids", in: 1...2) == [1, 2])
        #expect(try fields.doubles("points", in: 0...3, each: -3...3) == [0, 1.5, -3])
        #expect(try fields.fields("object").fields("inner").string("x", oneOf: ["y", "z"]) == "y")
        #expect(try fields.objects("ops", in: 1...2)[0].string("op", oneOf: ["add"]) == "add")
        #expect(try fields.value("nothing") == .null)
        #expect(fields.has("text"))
    }

    @Test func `takes null and nothing as nil where it may`() throws {
        for name in ["nothing", "absent"] {
            #expect(!fields.has(name))
            #expect(fields.optionalValue(name) == nil)
            #expect(try fields.optionalString(name, max: 3) == nil)
            #expect(try fields.optionalString(name, oneOf: []) == nil)
            #expect(try fields.optionalInt(name, in: 0...1) == nil)
            #expect(try fields.optionalID(name) == nil)
            #expect(try fields.optionalDouble(name, in: 0...1) == nil)
            #expect(try fields.optionalBool(name) == nil)
            #expect(try fields.optionalArray(name, in: 0...1) == nil)
            #expect(try fields.optionalObjects(name, in: 0...1) == nil)
            #expect(try fields.optionalFields(name) == nil)
        }
    }

    struct Complaint: Sendable, CustomTestStringConvertible {
        let message: String
        let take: @Sendable (JSONFields) throws -> Void

        init(_ message: String, _ take: @escaping @Sendable (JSONFields) throws -> Void) {
            self.message = message
            self.take = take
        }

        var testDescription: String { message }
    }

    @Test(arguments: [
        Complaint(#"field "absent" is missing"#) { _ = try $0.string("absent", max: 1) },
        Complaint(#"field "absent" is missing"#) { _ = try $0.id("absent") },
        Complaint(#"field "nothing" must be a string"#) { _ = try $0.string("nothing", max: 1) },
        Complaint(#"field "seconds" must be a string"#) { _ = try $0.string("seconds", max: 1) },
        Complaint(#"field "text" is longer than 4 characters"#) { _ = try $0.string("text", max: 4) },
        Complaint(#"field "text" is longer than 1 character"#) { _ = try $0.string("text", max: 1) },
        Complaint(#"field "empty" is empty"#) { _ = try $0.string("empty", in: 1...5) },
        Complaint(#"field "text" is shorter than 6 characters"#) { _ = try $0.string("text", in: 6...9) },
        Complaint(#"field "nul" holds the character U+0000"#) { _ = try $0.string("nul", max: 9) },
        Complaint(#"field "text" must be one of "a", "b""#) { _ = try $0.string("text", oneOf: ["a", "b"]) },
        Complaint(#"field "text" must be an integer"#) { _ = try $0.int("text", in: 0...1) },
        Complaint(#"field "half" must be an integer"#) { _ = try $0.int("half", in: 0...1) },
        Complaint(#"field "seconds" must be between 5 and 20"#) {
            _ = try $0.optionalInt("seconds", in: 5...20)
        },
        Complaint(#"field "half" must be an id"#) { _ = try $0.id("half") },
        Complaint(#"field "text" must be a number"#) { _ = try $0.double("text", in: 0...1) },
        Complaint(#"field "half" must be between 0 and 1.25"#) { _ = try $0.double("half", in: 0...1.25) },
        Complaint(#"field "seconds" must be true or false"#) { _ = try $0.bool("seconds") },
        Complaint(#"field "text" must be an array"#) { _ = try $0.array("text", in: 0...1) },
        Complaint(#"field "ids" has more than 1 item"#) { _ = try $0.array("ids", in: 0...1) },
        Complaint(#"field "ids" has fewer than 3 items"#) { _ = try $0.array("ids", in: 3...4) },
        Complaint(#"field "text" must be an object"#) { _ = try $0.fields("text") },
        Complaint(#"field "list[0]" must be a string"#) {
            _ = try $0.strings("list", in: 0...9, each: 0...9)
        },
        Complaint(#"field "list[1]" must be an id"#) { _ = try $0.ids("list", in: 0...9) },
        Complaint(#"field "points[2]" must be between 0 and 9"#) {
            _ = try $0.doubles("points", in: 0...9, each: 0...9)
        },
        Complaint(#"field "names[1]" is longer than 1 character"#) {
            _ = try $0.strings("names", in: 0...9, each: 0...1)
        },
        Complaint(#"field "list[0]" must be an object"#) { _ = try $0.objects("list", in: 0...9) },
        Complaint(#"field "ops[1].op" must be a string"#) {
            _ = try $0.objects("ops", in: 0...9)[1].string("op", max: 9)
        },
        Complaint(#"field "ops[0].element.id" must be an id"#) {
            _ = try $0.objects("ops", in: 0...9)[0].fields("element").id("id")
        },
        Complaint(#"field "object.inner.z" is missing"#) {
            _ = try $0.fields("object").fields("inner").value("z")
        },
        Complaint(#"field "text" is not a word"#) { throw $0.error("text", .other("is not a word")) },
    ])
    func `names the field`(complaint: Complaint) {
        #expect {
            try complaint.take(fields)
        } throws: { error in
            (error as? FieldError)?.message == complaint.message
        }
    }

    @Test func `must be given an object`() {
        #expect { try JSONFields([1]) } throws: {
            ($0 as? FieldError)?.message == "the data must be an object"
        }
    }

    @Test(arguments: ["0", "-1", "9007199254740992", "9223372036854775808", "1.0", "1e2", "\"1\"", "true"])
    func `takes no id outside of 1 to 2^53 − 1`(text: String) throws {
        let fields = try JSONFields(try JSONReader.read("{\"id\":\(text)}"))
        #expect(throws: FieldError(field: "id", problem: .wrongKind(wanted: "an id"))) { try fields.id("id") }
    }

    @Test func `calls a huge integer out of range`() throws {
        let fields = try JSONFields(try JSONReader.read(#"{"n":99999999999999999999,"d":1e999}"#))
        #expect(throws: FieldError(field: "n", problem: .outOfRange("0", "9"))) {
            try fields.int("n", in: 0...9)
        }
        #expect(throws: FieldError(field: "d", problem: .outOfRange("0", "9"))) {
            try fields.double("d", in: 0...9)
        }
    }

    @Test func `takes a form's strings as numbers and booleans`() throws {
        let form = try JSONFields(
            ["n": "5", "id": "7", "d": "1.5", "b": "true", "c": "0", "inner": ["n": "6"], "bad": "x"],
            isLenient: true)
        #expect(try form.int("n", in: 0...9) == 5)
        #expect(try form.id("id") == 7)
        #expect(try form.double("d", in: 0...9) == 1.5)
        #expect(try form.bool("b"))
        #expect(try !form.bool("c"))
        #expect(try form.fields("inner").int("n", in: 0...9) == 6)
        #expect(throws: FieldError.self) { try form.int("bad", in: 0...9) }
        #expect(throws: FieldError.self) { try form.bool("bad") }
        #expect(throws: FieldError.self) { try JSONFields(["n": "5"]).int("n", in: 0...9) }
    }
}
