package import JSON

/// How often each answer was given.
package struct AnswerDistribution: Hashable, Sendable {
    /// One answer and its count.
    package struct Entry: Hashable, Sendable {
        package enum Value: Hashable, Sendable {
            /// The id of an answer that can be chosen.
            case id(Int64)
            /// A text or a number as it was written by the first of those who gave it.
            case text(String)
        }

        package let value: Value
        /// What people read.
        package let text: String
        package let count: Int

        package init(value: Value, text: String, count: Int) {
            self.value = value
            self.text = text
            self.count = count
        }
    }

    /// Written answers that are told apart; the rarest are left out.
    package static let mostTexts = 100

    /// For choices every answer in the question's order, those never given included; else the most frequent first.
    package let entries: [Entry]

    /// Puts counted answers into a question's order.
    ///
    /// - Parameters:
    ///   - counts: What answers share (``Answer/tally``), one of them as it was written, and how many there are.
    ///   - question: The question that was answered.
    package init(_ counts: [(tally: String, sample: String, count: Int)], of question: Question) {
        switch question.form {
        case .choice(let choices), .trueFalse(let choices), .multipleAnswers(let choices):
            var byID: [String: Int] = [:]
            for count in counts { byID[count.tally, default: 0] += count.count }
            entries = choices.map { Entry(value: .id($0.id), text: $0.text, count: byID[String($0.id)] ?? 0) }
        case .shortAnswer, .numerical:
            entries = counts.sorted { ($1.count, $0.tally) < ($0.count, $1.tally) }.prefix(Self.mostTexts).map
            {
                Entry(value: .text($0.sample), text: $0.sample, count: $0.count)
            }
        }
    }

    /// Writes `[{"answer","text","count"}]`, or without `text` where `withText` is false.
    package func write(_ json: inout JSONWriter, withText: Bool = true) {
        json.array(of: entries) { json, entry in
            json.object { json in
                switch entry.value {
                case .id(let id): json.member("answer", id)
                case .text(let text): json.member("answer", text)
                }
                if withText { json.member("text", entry.text) }
                json.member("count", entry.count)
            }
        }
    }
}
