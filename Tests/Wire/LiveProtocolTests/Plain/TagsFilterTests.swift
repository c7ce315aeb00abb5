import JSON
import LiveProtocol
import Testing

struct `Tags filter` {
    private func filter(_ text: String) throws -> TagsFilter {
        try TagsFilter(try RawJSON(validating: Array(text.utf8)))
    }

    @Test(
        arguments: [
            (#"{"key":"t","cmp":"eq","val":"a"}"#, ["t": "a"], [["t": "b"], [:]]),
            (#"{"key":"t","cmp":"neq","val":"a"}"#, ["t": "b"], [["t": "a"]]),
            (#"{"key":"t","cmp":"in","vals":["a","b"]}"#, ["t": "b"], [["t": "c"], [:]]),
            (#"{"key":"t","cmp":"nin","vals":["a","b"]}"#, ["t": "c"], [["t": "a"]]),
            (#"{"key":"t","cmp":"ex"}"#, ["t": ""], [[:]]), (#"{"key":"t","cmp":"nex"}"#, [:], [["t": ""]]),
            (#"{"key":"t","cmp":"sw","val":"ab"}"#, ["t": "abc"], [["t": "cab"], [:]]),
            (#"{"key":"t","cmp":"ew","val":"bc"}"#, ["t": "abc"], [["t": "bcd"], [:]]),
            (#"{"key":"t","cmp":"ct","val":"b"}"#, ["t": "abc"], [["t": "ac"], [:]]),
            (#"{"key":"t","cmp":"lt","val":"10"}"#, ["t": "9.5"], [["t": "10"], ["t": "x"], [:]]),
            (#"{"key":"t","cmp":"lte","val":"10"}"#, ["t": "10"], [["t": "10.1"]]),
            (#"{"key":"t","cmp":"gt","val":"-1"}"#, ["t": "0"], [["t": "-1"]]),
            (#"{"key":"t","cmp":"gte","val":"1e2"}"#, ["t": "100"], [["t": "99"]]),
            (
                #"{"op":"and","nodes":[{"key":"a","cmp":"ex"},{"key":"b","cmp":"ex"}]}"#, ["a": "", "b": ""],
                [["a": ""], [:]]
            ),
            (
                #"{"op":"or","nodes":[{"key":"a","cmp":"ex"},{"key":"b","cmp":"ex"}]}"#, ["b": ""], [[:]]
            ),
            (#"{"op":"not","nodes":[{"key":"a","cmp":"eq","val":"x"}]}"#, [:], [["a": "x"]]),
        ] as [(String, [String: String], [[String: String]])])
    func `takes what fits and leaves the rest`(
        text: String, fits: [String: String], others: [[String: String]]
    ) throws {
        let filter = try filter(text)
        #expect(filter.matches(fits))
        for other in others { #expect(!filter.matches(other), "\(other)") }
    }

    @Test(arguments: [
        "[]", "7", "{}", #"{"op":"xor","nodes":[]}"#, #"{"op":"not","nodes":[]}"#,
        #"{"key":"t","cmp":"like"}"#,
        #"{"cmp":"ex"}"#, #"{"key":"t","cmp":"in"}"#, #"{"key":"t","cmp":"lt","val":"ten"}"#,
        #"{"key":"t","cmp":"gt","val":"nan"}"#, #"{"op":"and","nodes":[{}]}"#,
    ])
    func `refuses what is none`(text: String) {
        #expect(throws: TagsFilter.Problem.self) { try filter(text) }
    }

    @Test func `has bounds`() throws {
        let leaf = #"{"key":"t","cmp":"ex"}"#
        func wide(_ count: Int) -> String {
            #"{"op":"or","nodes":["# + Array(repeating: leaf, count: count).joined(separator: ",") + "]}"
        }
        func deep(_ count: Int) -> String {
            String(repeating: #"{"op":"not","nodes":["#, count: count) + leaf
                + String(repeating: "]}", count: count)
        }
        func long(_ count: Int) -> String {
            #"{"key":"t","cmp":"in","vals":["# + (0..<count).map { "\"\($0)\"" }.joined(separator: ",") + "]}"
        }
        _ = try filter(wide(TagsFilter.mostNodes - 1))
        _ = try filter(deep(TagsFilter.deepest - 1))
        _ = try filter(long(TagsFilter.mostValues))
        #expect(throws: TagsFilter.Problem.self) { try filter(wide(TagsFilter.mostNodes)) }
        #expect(throws: TagsFilter.Problem.self) { try filter(deep(TagsFilter.deepest)) }
        #expect(throws: TagsFilter.Problem.self) { try filter(long(TagsFilter.mostValues + 1)) }
    }
}
