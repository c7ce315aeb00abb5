package import JSON

/// What is told of a question's right answers when its results are revealed.
package enum Solution: Hashable, Sendable {
    /// Ids of the right answers, in the question's order; empty for a poll of any kind.
    case answers([Int64])
    /// Accepted texts or numbers, as people read them: `42`, `42 ± 0.5`, `1 – 2`.
    case values([String])

    /// The solution of a question.
    package init(of question: Question) {
        guard question.form.hasSolution else {
            self = .answers([])
            return
        }
        switch question.form {
        case .choice(let choices), .trueFalse(let choices), .multipleAnswers(let choices):
            self = .answers(choices.filter(\.isRight).map(\.id))
        case .shortAnswer(let accepted):
            self = .values(accepted.map(\.text))
        case .numerical(let accepted):
            self = .values(accepted.map { $0.rule.description })
        }
    }

    /// Writes the value of `correct`: a list of ids, or `{"values":[…]}`.
    package func write(_ json: inout JSONWriter) {
        switch self {
        case .answers(let ids): json.array(of: ids) { $0.int($1) }
        case .values(let values):
            json.object { $0.array("values", of: values) { $0.string($1) } }
        }
    }
}

extension Question.AcceptedNumber.Rule: CustomStringConvertible {
    /// The accepted numbers as people read them.
    package var description: String {
        switch self {
        case .exact(let value, let margin) where margin == 0: Self.text(value)
        case .exact(let value, let margin): "\(Self.text(value)) ± \(Self.text(margin))"
        case .range(let start, let end): "\(Self.text(start)) – \(Self.text(end))"
        }
    }

    private static func text(_ number: Double) -> String { JSONNumber(number)?.text ?? "" }
}
