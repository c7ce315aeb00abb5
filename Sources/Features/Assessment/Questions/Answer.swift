package import JSON

/// A student's answer in the shape that its question asks for.
package enum Answer: Hashable, Sendable {
    /// The id of the answer chosen.
    case choice(Int64)
    /// The ids of the answers chosen, ascending, each once; may be none.
    case choices([Int64])
    /// What was written, as it was written.
    case text(String)
    case number(Double)

    /// Bytes that a written answer may have.
    package static let longestText = 16_384

    /// Reads an answer to `question`; `nil` for what is no answer to it: another shape, an id that it does not have,
    /// an empty or too long text, no number.
    ///
    /// Ids and numbers may come as strings, as forms send them; numbers then as ``TextFold/number(_:)`` reads them.
    package init?(_ value: JSONValue, to question: Question) {
        switch question.form {
        case .choice(let choices), .trueFalse(let choices):
            guard let id = Self.id(value), choices.contains(where: { $0.id == id }) else { return nil }
            self = .choice(id)
        case .multipleAnswers(let choices):
            guard let items = value.array, items.count <= Question.mostAnswers else { return nil }
            let known = Set(choices.map(\.id))
            var ids: Set<Int64> = []
            for item in items {
                guard let id = Self.id(item), known.contains(id) else { return nil }
                ids.insert(id)
            }
            self = .choices(ids.sorted())
        case .shortAnswer:
            guard let text = value.string, text.utf8.count <= Self.longestText, !text.utf8.contains(0),
                !TextFold.fold(text).isEmpty
            else { return nil }
            self = .text(text)
        case .numerical:
            guard let number = value.double ?? value.string.flatMap(TextFold.number) else { return nil }
            self = .number(number)
        }
    }

    private static func id(_ value: JSONValue) -> Int64? {
        value.number?.int64 ?? value.string.flatMap { Int64($0) }
    }

    /// The answer as it is kept and told: an id, a list of ids, a text, a number.
    package var json: RawJSON {
        RawJSON { json in
            switch self {
            case .choice(let id): json.int(id)
            case .choices(let ids): json.array(of: ids) { $0.int($1) }
            case .text(let text): json.string(text)
            case .number(let number): json.double(number)
            }
        }
    }

    /// Characters that equal texts share in a tally.
    private static let tallyLength = 200

    /// What equal answers have in common, as tallies count them.
    var tally: String {
        switch self {
        case .choice(let id): String(id)
        case .choices(let ids): ids.map { String($0) }.joined(separator: ",")
        case .text(let text): String(TextFold.fold(text).prefix(Self.tallyLength))
        case .number(let number): JSONNumber(number)?.text ?? ""
        }
    }
}
