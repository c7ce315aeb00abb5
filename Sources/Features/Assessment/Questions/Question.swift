/// A question as it is asked and graded.
///
/// A value: it knows nothing of where it is kept.
package struct Question: Hashable, Sendable {
    /// One answer that can be chosen.
    package struct Choice: Hashable, Sendable {
        /// Its id, unique within the question.
        package let id: Int64
        package let text: String
        package let isRight: Bool

        package init(id: Int64, text: String, isRight: Bool) {
            self.id = id
            self.text = text
            self.isRight = isRight
        }
    }

    /// A text that counts as right.
    package struct AcceptedText: Hashable, Sendable {
        package let id: Int64
        package let text: String

        package init(id: Int64, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// Numbers that count as right.
    package struct AcceptedNumber: Hashable, Sendable {
        package enum Rule: Hashable, Sendable {
            /// This number, give or take the margin.
            case exact(Double, margin: Double)
            /// Both ends included.
            case range(Double, Double)
        }

        package let id: Int64
        package let rule: Rule

        package init(id: Int64, rule: Rule) {
            self.id = id
            self.rule = rule
        }
    }

    /// What can be answered, by kind, with the solution.
    package enum Form: Hashable, Sendable {
        case choice([Choice])
        case trueFalse([Choice])
        case multipleAnswers([Choice])
        case shortAnswer([AcceptedText])
        case numerical([AcceptedNumber])
    }

    package let text: String
    /// What a right answer is worth; 0 for a question without a right answer, so that a poll costs nobody anything.
    package let points: Double
    package let form: Form

    /// Describes a question; the points of one without a right answer become 0.
    package init(text: String, points: Double, form: Form) {
        self.text = text
        self.form = form
        self.points = form.hasSolution ? points : 0
    }

    package var type: QuestionType {
        switch form {
        case .choice: .multipleChoice
        case .trueFalse: .trueFalse
        case .multipleAnswers: .multipleAnswers
        case .shortAnswer: .shortAnswer
        case .numerical: .numerical
        }
    }

    /// The answers that can be chosen; empty where one writes.
    package var choices: [Choice] {
        switch form {
        case .choice(let choices), .trueFalse(let choices), .multipleAnswers(let choices): choices
        case .shortAnswer, .numerical: []
        }
    }
}

extension Question.Form {
    /// Whether some answer is right; a poll has none.
    package var hasSolution: Bool {
        switch self {
        case .choice(let choices), .trueFalse(let choices), .multipleAnswers(let choices):
            choices.contains(where: \.isRight)
        case .shortAnswer(let accepted): !accepted.isEmpty
        case .numerical(let accepted): !accepted.isEmpty
        }
    }
}

/// A question with the id that it has in its quiz.
package struct AskedQuestion: Hashable, Sendable {
    package let id: Int64
    package let question: Question

    package init(id: Int64, question: Question) {
        self.id = id
        self.question = question
    }
}
