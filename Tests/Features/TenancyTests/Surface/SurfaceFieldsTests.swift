import JSON
import Testing

@testable import Tenancy

struct `Fields as Canvas's clients write them` {
    private func fields(_ json: JSONValue) throws -> JSONFields { try JSONFields(json, isLenient: true) }

    @Test(
        arguments: [
            ("2026-11-22T10:00:00Z", 1_795_341_600_000), ("2026-11-22T11:00:00+01:00", 1_795_341_600_000),
            ("2026-11-22", 1_795_305_600_000), ("2026-11-22T10:00:00.5Z", 1_795_341_600_500),
        ] as [(String, Int64)])
    func `hold times and days`(text: String, milliseconds: Int64) throws {
        #expect(try fields(["at": .string(text)]).time("at") == milliseconds)
    }

    @Test(arguments: ["", "soon", "2026-13-01", "22.11.2026"])
    func `hold no other times`(text: String) throws {
        let fields = try fields(["at": .string(text)])
        #expect(throws: FieldError.self) { try fields.time("at") }
    }

    @Test func `tell what is taken away from what is left alone`() throws {
        let fields = try fields(["gone": nil, "empty": "", "there": "2026-11-22"])
        #expect(try fields.timeChange("absent") == .none)
        #expect(try fields.timeChange("gone") == .some(nil) && fields.timeChange("empty") == .some(nil))
        #expect(try fields.timeChange("there") == .some(1_795_305_600_000))
        #expect(
            try fields.textChange("absent", max: 9) == .none
                && fields.textChange("empty", max: 9) == .some(nil))
    }

    @Test func `may be wrapped, or not`() throws {
        #expect(try fields(["course": ["name": "x"]]).unwrapped("course").string("name", max: 9) == "x")
        #expect(try fields(["name": "x"]).unwrapped("course").string("name", max: 9) == "x")
    }

    @Test(arguments: [(nil, []), (["a"], ["a"]), ("a", ["a"]), ([], [])] as [(JSONValue, [String])])
    func `hold one value or several`(value: JSONValue, texts: [String]) throws {
        #expect(try fields(["x": value]).texts("x", atMost: 3) == texts)
    }

    @Test(arguments: [("  ada ", "%ada%"), ("50%_a\\b", "%50\\%\\_a\\\\b%"), ("üx", "%üx%")])
    func `search for a text as it is`(term: String, pattern: String) throws {
        #expect(try SearchTerm(try fields(["search_term": .string(term)]))?.pattern == pattern)
    }

    @Test func `search for two characters at least`() throws {
        #expect(try SearchTerm(try fields(["search_term": "  "])) == nil)
        let short = try fields(["search_term": "a"])
        #expect(throws: FieldError.self) { try SearchTerm(short) }
    }
}
