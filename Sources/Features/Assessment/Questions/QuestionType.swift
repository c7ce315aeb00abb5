/// The kinds of question that can be asked, in Canvas's words.
package enum QuestionType: String, Hashable, Sendable, CaseIterable {
    /// One of several answers is chosen.
    case multipleChoice = "multiple_choice_question"
    /// Any number of answers is chosen.
    case multipleAnswers = "multiple_answers_question"
    /// One of two answers is chosen.
    case trueFalse = "true_false_question"
    /// A short text is written.
    case shortAnswer = "short_answer_question"
    /// A number is written.
    case numerical = "numerical_question"
}
