package import JSON

/// Reads questions as clients and the database write them. Pure; every complaint names its field.
extension Question {
    /// What the members are called: `question_type`, `question_text`, `points_possible` in the REST surface, as Canvas
    /// has them; `type`, `text`, `points` in live commands.
    package enum Naming: Sendable {
        case canvas
        case live

        var type: String { self == .canvas ? "question_type" : "type" }
        var text: String { self == .canvas ? "question_text" : "text" }
        var points: String { self == .canvas ? "points_possible" : "points" }
    }

    /// Characters that a question's text may have.
    package static let longestText = 16_000
    /// Characters that an answer's text may have.
    package static let longestAnswer = 4_000
    /// Answers that a question may have.
    package static let mostAnswers = 100
    /// Points that a question may be worth.
    package static let mostPoints = 10_000.0

    /// Reads a question.
    ///
    /// Answers without an `id` get the next free one. Canvas's older names `answer_text` and `answer_weight` are
    /// understood. A true/false question without answers gets `True` and `False`.
    package init(_ fields: JSONFields, naming: Naming) throws(FieldError) {
        let names = QuestionType.allCases.map(\.rawValue)
        guard let type = QuestionType(rawValue: try fields.string(naming.type, oneOf: names)) else {
            throw fields.error(naming.type, .notOneOf(names))
        }
        let text = try fields.string(naming.text, in: 1...Self.longestText)
        let points = try fields.optionalDouble(naming.points, in: 0...Self.mostPoints) ?? 1
        let answers = try fields.optionalObjects("answers", in: 0...Self.mostAnswers) ?? []
        var ids = AnswerIDs()
        for answer in answers { try ids.take(answer) }
        self.init(text: text, points: points, form: try Self.form(type, answers, fields, &ids))
    }

    private static func form(
        _ type: QuestionType, _ answers: [JSONFields], _ fields: JSONFields, _ ids: inout AnswerIDs
    ) throws(FieldError) -> Form {
        switch type {
        case .multipleChoice: return .choice(try choices(answers, fields, 2...mostAnswers, &ids))
        case .multipleAnswers: return .multipleAnswers(try choices(answers, fields, 1...mostAnswers, &ids))
        case .trueFalse:
            guard !answers.isEmpty else {
                return .trueFalse([
                    Choice(id: 1, text: "True", isRight: false), Choice(id: 2, text: "False", isRight: false),
                ])
            }
            return .trueFalse(try choices(answers, fields, 2...2, &ids))
        case .shortAnswer:
            var accepted: [AcceptedText] = []
            for answer in answers {
                let text = try text(of: answer)
                guard !TextFold.fold(text).isEmpty else { throw answer.error("text", .tooShort(1)) }
                // Every text of a short answer is accepted unless its weight says otherwise.
                guard try weight(of: answer, otherwise: 100) else { continue }
                accepted.append(AcceptedText(id: try ids.id(of: answer), text: text))
            }
            return .shortAnswer(accepted)
        case .numerical:
            var accepted: [AcceptedNumber] = []
            for answer in answers {
                guard let rule = try rule(of: answer) else { continue }
                accepted.append(AcceptedNumber(id: try ids.id(of: answer), rule: rule))
            }
            return .numerical(accepted)
        }
    }

    private static func choices(
        _ answers: [JSONFields], _ fields: JSONFields, _ count: ClosedRange<Int>, _ ids: inout AnswerIDs
    ) throws(FieldError) -> [Choice] {
        if answers.count < count.lowerBound { throw fields.error("answers", .tooFew(count.lowerBound)) }
        if answers.count > count.upperBound { throw fields.error("answers", .tooMany(count.upperBound)) }
        var choices: [Choice] = []
        for answer in answers {
            let text = try text(of: answer)
            let isRight = try weight(of: answer, otherwise: 0)
            choices.append(Choice(id: try ids.id(of: answer), text: text, isRight: isRight))
        }
        return choices
    }

    private static func text(of answer: JSONFields) throws(FieldError) -> String {
        let name = answer.has("text") || !answer.has("answer_text") ? "text" : "answer_text"
        return try answer.string(name, in: 1...longestAnswer)
    }

    /// Whether the weight, 100 or 0, says that the answer is right.
    private static func weight(of answer: JSONFields, otherwise usual: Double) throws(FieldError) -> Bool {
        let name = answer.has("weight") || !answer.has("answer_weight") ? "weight" : "answer_weight"
        let weight = try answer.optionalDouble(name, in: 0...100) ?? usual
        guard weight == 0 || weight == 100 else { throw answer.error(name, .other("must be 0 or 100")) }
        return weight == 100
    }

    private static let numbers = -1e15...1e15

    /// The accepted numbers; `nil` for an answer whose weight is 0.
    private static func rule(of answer: JSONFields) throws(FieldError) -> AcceptedNumber.Rule? {
        let kind = try answer.optionalString(
            "numerical_answer_type", oneOf: ["exact_answer", "range_answer"])
        guard try weight(of: answer, otherwise: 100) else { return nil }
        if kind == "range_answer" {
            let start = try answer.double("start", in: numbers)
            let end = try answer.double("end", in: numbers)
            guard start <= end else { throw answer.error("end", .other("must not be less than \"start\"")) }
            return .range(start, end)
        }
        let exact = try answer.double("exact", in: numbers)
        return .exact(exact, margin: try answer.optionalDouble("margin", in: 0...1e15) ?? 0)
    }
}

/// The ids of a question's answers: those given are kept, the others get the next free one.
private struct AnswerIDs {
    private var taken: Set<Int64> = []
    private var next: Int64 = 1

    mutating func take(_ answer: JSONFields) throws(FieldError) {
        guard let id = try answer.optionalID("id") else { return }
        guard taken.insert(id).inserted else {
            throw answer.error("id", .other("is the id of another answer"))
        }
    }

    mutating func id(of answer: JSONFields) throws(FieldError) -> Int64 {
        if let id = try answer.optionalID("id") { return id }
        while taken.contains(next) { next += 1 }
        taken.insert(next)
        return next
    }
}
