import JSON
import Testing

struct `JSON writer` {
    @Test(
        arguments: [
            ("", #""""#), ("a/<b>", #""a/<b>""#), ("\"\\", #""\"\\""#),
            ("\u{08}\u{0C}\n\r\t\0\u{1F}", #""\b\f\n\r\t\u0000\u001f""#),
            ("\u{2028}\u{2029}\u{2027}€", "\"\\u2028\\u2029\u{2027}€\""), ("😀é\u{7F}", "\"😀é\u{7F}\""),
        ] as [(String, String)])
    func `escapes strings`(value: String, expected: String) throws {
        #expect(RawJSON { $0.string(value) }.text == expected)
        #expect(try JSONReader.read(expected).string == value)
    }

    @Test func `puts commas between members and elements only`() {
        let raw = RawJSON { writer in
            writer.object { writer in
                writer.member("none", nil as String?)
                writer.object("empty") { _ in }
                writer.array("list", of: [1, 2, 3]) { writer, value in writer.object { $0.member("v", value) }
                }
                writer.member("raw", RawJSON.emptyObject)
                writer.nullMember("nothing")
                writer.member("b", false)
                writer.member("\"", JSONValue.array([]))
            }
        }
        #expect(
            raw.text
                == #"{"empty":{},"list":[{"v":1},{"v":2},{"v":3}],"raw":{},"nothing":null,"b":false,"\"":[]}"#
        )
    }

    @Test func `appends to bytes that are there`() {
        var bytes = Array("x".utf8)
        JSONWriter.append(to: &bytes) { $0.array { $0.int(UInt64.max) } }
        JSONWriter.append(to: &bytes) { $0.int(Int64.min) }
        #expect(String(decoding: bytes, as: UTF8.self) == "x[18446744073709551615]-9223372036854775808")
    }

    @Test func `writes deeper than anything that is read`() throws {
        var value = JSONValue.int(1)
        for level in 0..<200 { value = level.isMultiple(of: 2) ? ["a": value] : [value] }
        let raw = RawJSON(value)
        #expect(try JSONReader.read(raw.bytes.span, depthLimit: 200) == value)
    }

    @Test func `traps on two values where one belongs`() async {
        await #expect(processExitsWith: .failure) {
            _ = RawJSON {
                $0.int(1)
                $0.int(2)
            }
        }
    }

    @Test func `traps on a value without a name`() async {
        await #expect(processExitsWith: .failure) { _ = RawJSON { $0.object { $0.int(1) } } }
    }

    @Test func `traps on a name without a value`() async {
        await #expect(processExitsWith: .failure) { _ = RawJSON { $0.object { $0.name("a") } } }
    }

    @Test func `traps on brackets that do not match`() async {
        await #expect(processExitsWith: .failure) {
            _ = RawJSON {
                $0.beginObject()
                $0.endArray()
            }
        }
    }
}
