import JSON
import Testing

@testable import Assessment

struct `A grader` {
    static let several = Question(
        text: "Q", points: 3,
        form: .multipleAnswers([
            .init(id: 1, text: "a", isRight: true), .init(id: 2, text: "b", isRight: true),
            .init(id: 3, text: "c", isRight: true), .init(id: 4, text: "d", isRight: false),
            .init(id: 5, text: "e", isRight: false),
        ]))
    static let text = Question(
        text: "Q", points: 2,
        form: .shortAnswer([
            .init(id: 1, text: "New  York"), .init(id: 2, text: "Straße"), .init(id: 3, text: "ΟΔΟΣ"),
        ]))
    static let number = Question(
        text: "Q", points: 1,
        form: .numerical([
            .init(id: 1, rule: .exact(0.3, margin: 0)), .init(id: 2, rule: .range(10, 20)),
            .init(id: 3, rule: .exact(100, margin: 5)),
        ]))

    static let table: [(Question, JSONValue, Double?, Bool?)] = [
        (Hall.capital, 2, 2, true), (Hall.capital, 1, 0, false), (Hall.capital, "2", 2, true),
        (Hall.capital, 9, nil, nil), (Hall.capital, [2], nil, nil), (Hall.capital, 2.5, nil, nil),
        (Hall.capital, .null, nil, nil),
        (several, [1, 2, 3], 3, true), (several, [3, 2, 1, 1], 3, true), (several, [1], 1, false),
        (several, [1, 2], 2, false), (several, [1, 2, 4], 1, false), (several, [1, 4, 5], 0, false),
        (several, [4, 5], 0, false), (several, [], 0, false), (several, [1, 2, 3, 4, 5], 1, false),
        (several, [1, 9], nil, nil), (several, 1, nil, nil), (several, "1", nil, nil),
        (text, "new york", 2, true), (text, "  NEW\n york ", 2, true), (text, "newyork", 0, false),
        (text, "STRASSE", 2, true), (text, "οδος", 2, true), (text, "", nil, nil), (text, "  ", nil, nil),
        (text, 5, nil, nil), (text, "a\u{0}b", nil, nil),
        (text, .string(String(repeating: "x", count: 16_384)), 0, false),
        (text, .string(String(repeating: "x", count: 16_385)), nil, nil),
        (number, .double(0.1 + 0.2), 1, true), (number, 10, 1, true), (number, 20, 1, true),
        (number, 20.01, 0, false),
        (number, 95, 1, true), (number, 94.9, 0, false), (number, "0,3", 1, true), (number, "ten", nil, nil),
        (number, .bool(true), nil, nil),
    ]

    @Test(arguments: table)
    func `grades what is an answer and takes nothing else`(
        question: Question, value: JSONValue, score: Double?, isRight: Bool?
    ) throws {
        let grade = Answer(value, to: question).map { Grader.grade($0, to: question) }
        #expect(grade?.score == score)
        #expect(grade?.isRight == isRight)
    }

    @Test func `rounds thirds so that they add up`() {
        let question = Question(
            text: "Q", points: 1,
            form: .multipleAnswers((1...3).map { .init(id: $0, text: "\($0)", isRight: true) }))
        #expect(Grader.grade(.choices([1, 2]), to: question).score == 0.6667)
    }

    @Test func `compares composed and decomposed letters alike`() {
        let question = Question(text: "Q", points: 1, form: .shortAnswer([.init(id: 1, text: "caf\u{E9}")]))
        #expect(Grader.grade(.text("CAFE\u{301}"), to: question).isRight == true)
    }

    static let numbers: [(String, Double?)] = [
        ("3.5", 3.5), ("3,5", 3.5), (" -3,5 ", -3.5), ("\u{2212}2", -2), ("1 000", 1000),
        ("1\u{A0}000,5", 1000.5),
        ("1,000", nil), ("0,125", 0.125), ("1,5000", 1.5), ("1234,567", 1234.567), ("1.234,5", 1234.5),
        ("1,234.5", 1234.5), ("1,234,567", 1_234_567), ("1.234.567,8", 1_234_567.8), ("12,34,567", nil),
        ("1'000", 1000), ("1e3", 1000), ("1E-2", 0.01), ("+4", 4), (".5", 0.5), (",5", 0.5), ("", nil),
        ("-", nil),
        ("e", nil), ("nan", nil), ("inf", nil), ("0x10", nil), ("1,2,3", nil), ("1e999", nil), ("5%", nil),
        ("٣", nil), ("1.2.3", nil), ("--1", nil),
    ]

    @Test(arguments: numbers)
    func `reads numbers as people write them`(text: String, value: Double?) {
        #expect(TextFold.number(text) == value)
    }

    @Test func `tells the right answers as people read them`() {
        func correct(_ question: Question) -> String { RawJSON { Solution(of: question).write(&$0) }.text }
        #expect(correct(Hall.capital) == "[2]")
        #expect(correct(Question(text: "Q", points: 1, form: .shortAnswer([]))) == "[]")
        #expect(correct(Self.several) == "[1,2,3]")
        #expect(correct(Self.number) == #"{"values":["0.3","10 – 20","100 ± 5"]}"#)
    }

    @Test func `counts answers in the question's order, or the most frequent first`() {
        let choices = AnswerDistribution([("2", "2", 5), ("1", "1", 1)], of: Hall.capital)
        #expect(choices.entries.map(\.count) == [1, 5, 0])
        let texts = AnswerDistribution([("a", "A", 1), ("b", "b", 4)], of: Self.text)
        #expect(
            RawJSON { texts.write(&$0) }.text
                == #"[{"answer":"b","text":"b","count":4},{"answer":"A","text":"A","count":1}]"#)
    }
}
