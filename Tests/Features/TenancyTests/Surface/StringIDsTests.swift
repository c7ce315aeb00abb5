import HTTPTypes

import Testing
import WebServer

@testable import Tenancy

struct `Ids as strings` {
    @Test(arguments: [
        (#"{"id":1,"name":"x"}"#, #"{"id":"1","name":"x"}"#),
        (#"{"user_id":-12,"count":3}"#, #"{"user_id":"-12","count":3}"#),
        (#"[{"id":1},{"id":2}]"#, #"[{"id":"1"},{"id":"2"}]"#),
        (#"{"ids":[1,2],"sizes":[1,2]}"#, #"{"ids":["1","2"],"sizes":[1,2]}"#),
        (#"{"student_ids":[1,2],"next":3}"#, #"{"student_ids":["1","2"],"next":3}"#),
        (#"{"id":null,"parent_id":7}"#, #"{"id":null,"parent_id":"7"}"#),
        (
            #"{"a":{"id":5,"b":[{"c_id":6}]},"points":1.5e3}"#,
            #"{"a":{"id":"5","b":[{"c_id":"6"}]},"points":1.5e3}"#
        ),
        (#"{"id":"7","text":"\"id\":1"}"#, #"{"id":"7","text":"\"id\":1"}"#),
        (#"{"id":[1,{"x":2}],"valid":3,"_id":4}"#, #"{"id":[1,{"x":2}],"valid":3,"_id":4}"#),
        (#"{"role_ids":{"admin":1}}"#, #"{"role_ids":{"admin":1}}"#),
        ("17", "17"),
    ])
    func `are what ids become, and nothing else`(json: String, expected: String) {
        #expect(String(decoding: StringIDs.rewritten(Array(json.utf8)), as: UTF8.self) == expected)
    }

    @Test(arguments: [
        ("application/json+canvas-string-ids", true),
        ("text/html, application/json+canvas-string-ids;q=0.9", true),
        ("APPLICATION/JSON+canvas-string-ids", true), ("application/json", false), ("*/*", false),
    ])
    func `are given to whom asks`(accept: String, areWanted: Bool) {
        #expect(StringIDs.areWanted([.accept: accept]) == areWanted)
    }

    @Test func `leave alone what is no JSON`() {
        var response = WebResponse.text(#"{"id":1}"#)
        StringIDs.apply(to: &response)
        guard case .bytes(let bytes) = response.body else { return }
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"id":1}"#)
    }
}
