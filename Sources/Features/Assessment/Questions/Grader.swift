/// Grades answers.
///
/// Pure.
package enum Grader {
    /// What an answer is worth.
    package struct Grade: Hashable, Sendable {
        /// Points, rounded to four decimals; never below 0 nor above the question's.
        package let score: Double
        /// Whether the answer is wholly right; `nil` for a question without a right answer.
        package let isRight: Bool?
    }

    /// Grades one answer.
    ///
    /// Several answers: each right one chosen adds its share of the points and each wrong one takes the same share
    /// away, not below 0, as Canvas does it. Texts are compared folded (``TextFold``). An answer of another shape than
    /// the question's is worth nothing.
    package static func grade(_ answer: Answer, to question: Question) -> Grade {
        guard question.form.hasSolution else { return Grade(score: 0, isRight: nil) }
        switch (question.form, answer) {
        case (.choice(let choices), .choice(let id)), (.trueFalse(let choices), .choice(let id)):
            return whole(choices.contains { $0.id == id && $0.isRight }, question)
        case (.multipleAnswers(let choices), .choices(let ids)):
            let chosen = Set(ids)
            let right = Set(choices.filter(\.isRight).map(\.id))
            let share =
                Double(chosen.intersection(right).count - chosen.subtracting(right).count)
                / Double(right.count)
            return Grade(score: rounded(max(0, share) * question.points), isRight: chosen == right)
        case (.shortAnswer(let accepted), .text(let text)):
            let folded = TextFold.fold(text)
            return whole(accepted.contains { TextFold.fold($0.text) == folded }, question)
        case (.numerical(let accepted), .number(let number)):
            return whole(accepted.contains { $0.rule.accepts(number) }, question)
        default:
            return Grade(score: 0, isRight: false)
        }
    }

    private static func whole(_ isRight: Bool, _ question: Question) -> Grade {
        Grade(score: isRight ? question.points : 0, isRight: isRight)
    }

    /// Rounds to four decimals, so that thirds add up to what people expect.
    static func rounded(_ score: Double) -> Double { (score * 10_000).rounded() / 10_000 }
}

extension Question.AcceptedNumber.Rule {
    /// Whether a number counts as right.
    ///
    /// Bounds are widened by a few units in the last place: 0.1 + 0.2 is 0.3 here.
    package func accepts(_ number: Double) -> Bool {
        switch self {
        case .exact(let value, let margin):
            let slack = max(abs(value), abs(margin)).ulp * 4
            return abs(number - value) <= margin + slack
        case .range(let start, let end):
            return number >= start - abs(start).ulp * 4 && number <= end + abs(end).ulp * 4
        }
    }
}
