import JSON
import Testing

struct `JSON number` {
    @Test(
        arguments: [
            ("0", 0 as Int64?), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
            ("1.0", nil),
            ("1e3", nil), ("-0", 0),
        ] as [(String, Int64?)])
    func `is an exact integer or none`(text: String, expected: Int64?) {
        #expect(number(text).int64 == expected)
        #expect(number(text).text == text)
    }

    @Test(arguments: [
        ("0.1", 0.1), ("1e3", 1000), ("-2.5E-3", -0.0025), ("1e308", 1e308),
        ("9007199254740993", 9_007_199_254_740_992),
    ])
    func `is a double`(text: String, expected: Double) {
        #expect(number(text).double == expected)
    }

    @Test func `is no double when it is too large`() {
        #expect(number("1e999").double == nil)
        #expect(number("-1e999").double == nil)
        #expect(number("1" + String(repeating: "0", count: 100_000)).double == nil)
        #expect(number("1" + String(repeating: "0", count: 100_000)).int64 == nil)
        #expect(number("1e-999").double == 0)
    }

    @Test(
        arguments: [
            (1.0, "1"), (-0.0, "-0"), (0.1, "0.1"), (1e21, "1e+21"), (1.5e-7, "1.5e-07"), (123.25, "123.25"),
            (9_007_199_254_740_992, "9007199254740992"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        ] as [(Double, String)])
    func `is written in the shortest form that reads back`(value: Double, text: String) throws {
        #expect(JSONNumber(value)?.text == text)
        #expect(try JSONReader.read(text).double == value)
    }

    @Test func `has no infinity and no NaN`() {
        #expect(JSONNumber(.infinity) == nil)
        #expect(JSONNumber(.nan) == nil)
        #expect(RawJSON(.array([.double(.nan), .double(-.infinity)])).text == "[null,null]")
    }
}
