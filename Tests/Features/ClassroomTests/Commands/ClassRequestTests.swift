import Assessment
import JSON
import Testing

@testable import Classroom

struct `Class requests` {
    private static let key = #""class":7,"key":"0b7a8a52-6f3f-4d6e-9b0e-3f9a2c1d0015""#

    @Test(arguments: [
        (ClassMethod.send, #""text":1"#, #"field "text" must be a string"#),
        (.send, #""text":"""#, #"field "text" is empty"#),
        (.send, #""text":"  ""#, #"field "text" is empty"#),
        (.send, #""reply_to":1"#, #"field "text" is missing"#),
        (.send, #""text":"x","reply_to":0"#, #"field "reply_to" must be an id"#),
        (.edit, #""text":"x""#, #"field "message" is missing"#),
        (.pin, #""message":4"#, #"field "pinned" is missing"#),
        (.lock, #""chat":1"#, #"field "chat" must be true or false"#),
        (.lock, "", #"field "chat" or "board" or "joining" is missing"#),
        (.announce, #""text":null"#, #"field "text" must be a string"#),
        (.apply, #""ops":[]"#, #"field "ops" is empty"#),
        (
            .apply, #""ops":[{"op":"paint"}]"#,
            #"field "ops[0].op" must be one of "add", "patch", "delete", "clear", "undo", "redo""#
        ),
        (.apply, #""ops":[{"op":"clear"},{"op":"undo"}]"#, #"field "ops[1].op" must stand alone"#),
        (
            .apply, #""ops":[{"op":"add","element":{"id":"a","kind":"pen"}}]"#,
            #"field "ops[0].element.points" is missing"#
        ),
        (
            .apply, #""ops":[{"op":"add","element":{"id":"a","kind":"pen","points":[1,2,3]}}]"#,
            #"field "ops[0].element.points" must have an even number of numbers"#
        ),
        (
            .apply, #""ops":[{"op":"add","element":{"id":"a b","kind":"pen","points":[1,2]}}]"#,
            #"field "ops[0].element.id" must have visible ASCII characters only"#
        ),
        (
            .apply,
            #""ops":[{"op":"add","element":{"id":"a","kind":"pen","points":[1,2],"color":"url(x)"}}]"#,
            #"field "ops[0].element.color" must be a colour as #rrggbb or a colour's name"#
        ),
        (
            .apply, #""ops":[{"op":"patch","id":"a","set":{}}]"#,
            #"field "ops[0].set" must name what is to be different"#
        ),
        (.allow, #""draw":"some""#, #"field "draw" must be "all", "staff" or a list of users' ids"#),
        (.allow, #""draw":["x"]"#, #"field "draw[0]" must be an id"#),
        (.show, #""stage":{"kind":"film"}"#, #"field "stage.kind" must be one of "board", "slide", "video""#),
        (
            .show, #""stage":{"kind":"slide","url":"javascript:alert(1)"}"#,
            #"field "stage.url" must begin with https://, http:// or /"#
        ),
        (.open, #""question":4"#, #"field "quiz" is missing"#),
        (.open, #""quiz":1,"question":4,"seconds":1"#, #"field "seconds" must be between 5 and 3600"#),
        (
            .open, #""question":{"type":"essay","text":"x"}"#,
            #"field "question.type" must be one of "multiple_choice_question", "multiple_answers_question", "true_false_question", "short_answer_question", "numerical_question""#
        ),
        (.answer, #""run":1,"question":2"#, #"field "answer" is missing"#),
        (.close, "", #"field "run" is missing"#),
        (.react, #""emoji":"x""#, #"field "emoji" must be one emoji"#),
        (.mute, #""user":1"#, #"field "seconds" is missing"#),
        (.remove, #""user":"1""#, #"field "user" must be an id"#),
        (
            .remove, #""user":1,"seconds":60"#,
            #"field "seconds" must be 0, which takes a removal back, or missing"#
        ),
    ])
    func `name the field that is wrong`(method: ClassMethod, members: String, message: String) throws {
        let data = "{\(Self.key)\(members.isEmpty ? "" : ",")\(members)}"
        let error = #expect(throws: FieldError.self) { try request(method, data) }
        #expect(error?.message == message)
    }

    @Test func `need a class and a key, which is a UUID`() {
        #expect(throws: FieldError(field: "class", problem: .missing)) { try request(.raise, "{}") }
        #expect(throws: FieldError(field: "key", problem: .missing)) { try request(.raise, #"{"class":7}"#) }
        #expect(throws: FieldError.self) { try request(.raise, #"{"class":7,"key":"x"}"#) }
        #expect(throws: Never.self) { try request(.me, #"{"class":7}"#) }
    }

    @Test func `read questions typed in, prepared ones, and polls`() throws {
        let typed = try request(
            .open,
            #"{\#(Self.key),"question":{"type":"true_false_question","text":"Is it?","points":1,"answers":[{"text":"Yes","weight":100},{"text":"No","weight":0}]},"seconds":30,"answer_change":"until_close"}"#
        )
        guard case .open(let opening) = typed.command, case .typed(let question) = opening.source else {
            Issue.record("not a typed question")
            return
        }
        #expect(question.choices.count == 2 && opening.seconds == 30 && opening.answerChange == .untilClose)
        let prepared = try request(.open, #"{\#(Self.key),"quiz":3,"question":4}"#)
        guard case .open(let opening) = prepared.command,
            case .prepared(quiz: 3, question: 4) = opening.source
        else {
            Issue.record("not a prepared question")
            return
        }
    }

    @Test func `have one digest however the members are ordered, and another for other content`() throws {
        let one = try request(.send, #"{\#(Self.key),"text":"hi","reply_to":4}"#)
        let same = try request(
            .send, #"{"reply_to":4,"text":"hi","key":"0b7a8a52-6f3f-4d6e-9b0e-3f9a2c1d0016","class":7}"#)
        let other = try request(.send, #"{\#(Self.key),"text":"hi","reply_to":5}"#)
        #expect(one.digest == same.digest)
        #expect(one.digest != other.digest)
        #expect(one.digest != (try request(.edit, #"{\#(Self.key),"text":"hi","message":4}"#)).digest)
    }

    @Test func `take signals that are well formed`() throws {
        let cursor = try SignalRequest(.cursor, try json(#"{"class":7,"x":1.5,"y":2}"#))
        #expect(
            value(cursor.event(by: ann)) == [
                "type": "board.cursor", "by": ["id": 2, "name": "Ann", "role": "student"], "x": 1.5, "y": 2,
            ])
        #expect(throws: FieldError.self) {
            try SignalRequest(.cursor, try json(#"{"class":7,"x":1e999,"y":2}"#))
        }
        #expect(throws: FieldError.self) {
            try SignalRequest(
                .stroke, try json(#"{"class":7,"stroke":{"id":"a","kind":"pen","points":[1]}}"#))
        }
    }
}
