import Assessment

/// The prepared questions of the demo: every kind there is.
extension DemoSchool {
    static let northfieldQuestions: [Question] = [
        Question(
            text: "Which of these is an eigenvalue of the matrix ((2, 0), (0, 3))?", points: 1,
            form: .choice(choices("0", "1", right: "3", "5"))),
        Question(
            text: "Every square matrix with real entries has at least one real eigenvalue.", points: 1,
            form: .trueFalse([
                Question.Choice(id: 1, text: "True", isRight: false),
                Question.Choice(id: 2, text: "False", isRight: true),
            ])),
        Question(
            text: "Which of these are preserved when a matrix is replaced by a similar one?", points: 2,
            form: .multipleAnswers([
                Question.Choice(id: 1, text: "The determinant", isRight: true),
                Question.Choice(id: 2, text: "The trace", isRight: true),
                Question.Choice(id: 3, text: "The eigenvectors", isRight: false),
                Question.Choice(id: 4, text: "The eigenvalues", isRight: true),
            ])),
        Question(
            text: "What is the polynomial det(A − λI) called?", points: 1,
            form: .shortAnswer([
                Question.AcceptedText(id: 1, text: "characteristic polynomial"),
                Question.AcceptedText(id: 2, text: "the characteristic polynomial"),
            ])),
        Question(
            text: "The eigenvalues of a 2 × 2 matrix are 4 and 2.5. What is its determinant?", points: 1,
            form: .numerical([Question.AcceptedNumber(id: 1, rule: .exact(10, margin: 0.01))])),
        Question(
            text: "How large can the geometric multiplicity of an eigenvalue be?", points: 1,
            form: .choice(
                choices(
                    "Any size", right: "At most its algebraic multiplicity",
                    "At least its algebraic multiplicity",
                    "Exactly one"))),
    ]

    static let lakesideQuestions: [Question] = [
        Question(
            text: "Which organelle makes most of a cell's ATP?", points: 1,
            form: .choice(choices("Nucleus", right: "Mitochondrion", "Ribosome", "Golgi apparatus"))),
        Question(
            text: "Plant cells have mitochondria.", points: 1,
            form: .trueFalse([
                Question.Choice(id: 1, text: "True", isRight: true),
                Question.Choice(id: 2, text: "False", isRight: false),
            ])),
        Question(
            text: "Which of these pass a plain lipid bilayer easily?", points: 2,
            form: .multipleAnswers([
                Question.Choice(id: 1, text: "Oxygen", isRight: true),
                Question.Choice(id: 2, text: "Glucose", isRight: false),
                Question.Choice(id: 3, text: "Carbon dioxide", isRight: true),
                Question.Choice(id: 4, text: "Sodium ions", isRight: false),
            ])),
        Question(
            text: "What is the movement of water through a membrane called?", points: 1,
            form: .shortAnswer([Question.AcceptedText(id: 1, text: "osmosis")])),
        Question(
            text: "How many chromosomes does a human body cell have?", points: 1,
            form: .numerical([Question.AcceptedNumber(id: 1, rule: .exact(46, margin: 0))])),
    ]

    /// Choices with ids from 1 in the order given; the one labelled `right` is right.
    private static func choices(_ texts: String..., right: String, _ rest: String...) -> [Question.Choice] {
        (texts + [right] + rest).enumerated().map { place, text in
            Question.Choice(id: Int64(place + 1), text: text, isRight: text == right)
        }
    }
}
