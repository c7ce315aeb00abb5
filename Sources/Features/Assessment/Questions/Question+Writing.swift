package import JSON

/// Writes questions: with the solution for staff and the database, without it for students.
extension Question {
    /// Writes the members that staff and the database see, solution included, into an open object.
    package func writeWithSolution(_ json: inout JSONWriter, naming: Naming) {
        json.member(naming.type, type.rawValue)
        json.member(naming.text, text)
        json.member(naming.points, points)
        json.name("answers")
        writeAnswersWithSolution(&json)
    }

    /// Writes the answers as an array, each with its weight.
    package func writeAnswersWithSolution(_ json: inout JSONWriter) {
        switch form {
        case .choice(let choices), .trueFalse(let choices), .multipleAnswers(let choices):
            json.array(of: choices) { json, choice in
                json.object { json in
                    json.member("id", choice.id)
                    json.member("text", choice.text)
                    json.member("weight", choice.isRight ? 100 : 0)
                }
            }
        case .shortAnswer(let accepted):
            json.array(of: accepted) { json, answer in
                json.object { json in
                    json.member("id", answer.id)
                    json.member("text", answer.text)
                    json.member("weight", 100)
                }
            }
        case .numerical(let accepted):
            json.array(of: accepted) { json, answer in
                json.object { json in
                    json.member("id", answer.id)
                    json.member("weight", 100)
                    switch answer.rule {
                    case .exact(let value, let margin):
                        json.member("numerical_answer_type", "exact_answer")
                        json.member("exact", value)
                        json.member("margin", margin)
                    case .range(let start, let end):
                        json.member("numerical_answer_type", "range_answer")
                        json.member("start", start)
                        json.member("end", end)
                    }
                }
            }
        }
    }
}

extension AskedQuestion {
    /// Writes what students see: `{"id","type","text","points","answers":[{"id","text"}]}`.
    ///
    /// Never the solution: where one writes, `answers` is empty.
    package func writeForStudents(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("type", question.type.rawValue)
            json.member("text", question.text)
            json.member("points", question.points)
            json.array("answers", of: question.choices) { json, choice in
                json.object { json in
                    json.member("id", choice.id)
                    json.member("text", choice.text)
                }
            }
        }
    }

    /// The question as the run keeps it, solution included.
    var snapshot: RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("id", id)
                question.writeWithSolution(&json, naming: .live)
            }
        }
    }

    /// Reads what ``snapshot`` wrote; `nil` for anything else.
    init?(snapshot: [UInt8]) {
        guard let value = try? JSONReader.read(snapshot), let fields = try? JSONFields(value),
            let id = try? fields.id("id"), let question = try? Question(fields, naming: .live)
        else { return nil }
        self.init(id: id, question: question)
    }
}
