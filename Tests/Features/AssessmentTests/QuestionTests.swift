import JSON
import Testing

@testable import Assessment

struct `A question` {
    static let good: [String] = [
        #"{"question_type":"multiple_choice_question","question_text":"Q","points_possible":2,"answers":[{"id":7,"text":"a","weight":100},{"id":9,"text":"b","weight":0}]}"#,
        #"{"question_type":"multiple_answers_question","question_text":"Q","points_possible":3,"answers":[{"id":1,"text":"a","weight":100},{"id":2,"text":"b","weight":100},{"id":3,"text":"c","weight":0}]}"#,
        #"{"question_type":"true_false_question","question_text":"Q","points_possible":1,"answers":[{"id":1,"text":"True","weight":0},{"id":2,"text":"False","weight":100}]}"#,
        #"{"question_type":"short_answer_question","question_text":"Q","points_possible":1,"answers":[{"id":1,"text":"Paris","weight":100}]}"#,
        #"{"question_type":"numerical_question","question_text":"Q","points_possible":1,"answers":[{"id":1,"weight":100,"numerical_answer_type":"exact_answer","exact":3.5,"margin":0.1},{"id":2,"weight":100,"numerical_answer_type":"range_answer","start":10,"end":20}]}"#,
    ]

    @Test(arguments: good)
    func `is written as it was read`(text: String) throws {
        let question = try Question(JSONFields(JSONReader.read(text)), naming: .canvas)
        let written = RawJSON { $0.object { question.writeWithSolution(&$0, naming: .canvas) } }
        #expect(written.text == text)
        let asked = AskedQuestion(id: 4, question: question)
        #expect(AskedQuestion(snapshot: asked.snapshot.bytes) == asked)
    }

    @Test(arguments: good)
    func `hides its solution from students`(text: String) throws {
        let question = try Question(JSONFields(JSONReader.read(text)), naming: .canvas)
        let shown = RawJSON { AskedQuestion(id: 4, question: question).writeForStudents(&$0) }.text
        for word in ["weight", "exact", "margin", "start", "100"] { #expect(!shown.contains(word)) }
        #expect(!shown.contains("Paris"))
    }

    static let bad: [(String, field: String)] = [
        (#"{"text":"Q"}"#, "type"),
        (#"{"type":"essay_question","text":"Q"}"#, "type"),
        (#"{"type":"true_false_question"}"#, "text"),
        (#"{"type":"true_false_question","text":""}"#, "text"),
        (#"{"type":"true_false_question","text":"Q","points":-1}"#, "points"),
        (#"{"type":"true_false_question","text":"Q","answers":[{"text":"a"}]}"#, "answers"),
        (#"{"type":"multiple_choice_question","text":"Q"}"#, "answers"),
        (#"{"type":"multiple_choice_question","text":"Q","answers":[{"text":"a"}]}"#, "answers"),
        (#"{"type":"multiple_choice_question","text":"Q","answers":[{"text":"a"},{}]}"#, "answers[1].text"),
        (#"{"type":"multiple_choice_question","text":"Q","answers":[{"text":"a"},7]}"#, "answers[1]"),
        (
            #"{"type":"multiple_choice_question","text":"Q","answers":[{"text":"a","weight":50},{"text":"b"}]}"#,
            "answers[0].weight"
        ),
        (
            #"{"type":"multiple_choice_question","text":"Q","answers":[{"id":3,"text":"a"},{"id":3,"text":"b"}]}"#,
            "answers[1].id"
        ),
        (#"{"type":"short_answer_question","text":"Q","answers":[{"text":"  "}]}"#, "answers[0].text"),
        (#"{"type":"numerical_question","text":"Q","answers":[{"margin":1}]}"#, "answers[0].exact"),
        (
            #"{"type":"numerical_question","text":"Q","answers":[{"numerical_answer_type":"range_answer","start":2,"end":1}]}"#,
            "answers[0].end"
        ),
        (
            #"{"type":"numerical_question","text":"Q","answers":[{"numerical_answer_type":"precision_answer"}]}"#,
            "answers[0].numerical_answer_type"
        ),
    ]

    @Test(arguments: bad)
    func `names the field that is wrong`(text: String, field: String) throws {
        let error = #expect(throws: FieldError.self) {
            try Question(JSONFields(JSONReader.read(text)), naming: .live)
        }
        #expect(error?.field == field)
    }

    @Test func `gives ids to answers that have none, around those that have one`() throws {
        let text =
            #"{"type":"multiple_choice_question","text":"Q","answers":[{"text":"a"},{"id":1,"text":"b"},{"text":"c"}]}"#
        let question = try Question(JSONFields(JSONReader.read(text)), naming: .live)
        #expect(question.choices.map(\.id) == [2, 1, 3])
    }

    @Test func `understands Canvas's older names`() throws {
        let text =
            #"{"question_type":"multiple_choice_question","question_text":"Q","answers":[{"answer_text":"a","answer_weight":100},{"answer_text":"b"}]}"#
        let question = try Question(JSONFields(JSONReader.read(text)), naming: .canvas)
        #expect(question.choices.map(\.isRight) == [true, false])
        #expect(question.points == 1)
    }

    @Test func `without a right answer is worth nothing`() throws {
        let text = #"{"type":"true_false_question","text":"Ready?","points":5}"#
        let question = try Question(JSONFields(JSONReader.read(text)), naming: .live)
        #expect(question.points == 0)
        #expect(question.choices.map(\.text) == ["True", "False"])
        #expect(Solution(of: question) == .answers([]))
    }
}
