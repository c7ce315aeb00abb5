import JSON
import Testing

struct `Raw JSON` {
    @Test func `keeps the text but no line breaks`() throws {
        let raw = try RawJSON(validating: Array("\r\n{\n\t\"a\" :\r1}\n".utf8))
        #expect(raw.text == "{  \"a\" : 1}")
    }

    @Test func `is the same whether built or written`() {
        let built = RawJSON(["type": "x", "at": 1_700_000_000_000, "list": [1, 2.5, true, nil]])
        let written = RawJSON {
            $0.object {
                $0.member("type", "x")
                $0.member("at", 1_700_000_000_000)
                $0.array("list") {
                    $0.int(1)
                    $0.double(2.5)
                    $0.bool(true)
                    $0.null()
                }
            }
        }
        #expect(built == written)
        #expect(written.text == #"{"type":"x","at":1700000000000,"list":[1,2.5,true,null]}"#)
    }

    @Test(
        arguments: [
            (#"{"a":1}"#, #"{"id":7,"a":1}"#), ("{}", #"{"id":7}"#), ("{ }", #"{"id":7 }"#), ("[]", nil),
            ("1", nil),
        ] as [(String, String?)])
    func `takes one more member in front, being an object`(text: String, expected: String?) throws {
        let raw = try RawJSON(validating: Array(text.utf8))
        let joined = raw.prepending("id", 7)
        #expect(joined?.text == expected)
        if let joined { #expect(throws: Never.self) { try RawJSON(validating: joined.bytes) } }
    }
}
