package import JSON
import Postgres

/// Who has answered a run, and what; for its staff until the results are revealed.
package struct RunTally: Hashable, Sendable {
    /// Somebody who is expected and has not answered.
    package struct Missing: Hashable, Sendable {
        package let id: Int64
        package let name: String
    }

    /// Names that a tally holds at most.
    package static let mostNames = 200

    package let run: Int64
    /// Users whose answer counts.
    package let answered: Int
    /// Students who are actively enrolled in the course.
    package let expected: Int
    /// Answers that are wholly right.
    package let right: Int
    package let distribution: AnswerDistribution
    /// By name; when more are missing than ``mostNames``, those who have been users for longest.
    package let missing: [Missing]
    package let missingCount: Int

    /// The data of `quiz.tally` without `type`: `{"run","answered","expected","counts":[…],"missing":[…],"missing_count"}`.
    package func write(_ json: inout JSONWriter) {
        json.member("run", run)
        json.member("answered", answered)
        json.member("expected", expected)
        json.name("counts")
        distribution.write(&json, withText: false)
        json.array("missing", of: missing) { json, person in
            json.object { json in
                json.member("id", person.id)
                json.member("name", person.name)
            }
        }
        json.member("missing_count", missingCount)
    }

    /// Reads the rows of ``RunQueries/tally``; `nil` when there is no such run.
    init?(_ rows: Rows, run: Int64, question: Question) throws(PostgresError) {
        var totals: (answered: Int64, expected: Int64, right: Int64, missing: Int64)?
        var counts: [(tally: String, sample: String, count: Int)] = []
        var missing: [Missing] = []
        for row in rows {
            switch try row.text(0) {
            case "totals": totals = (try row.int(3), try row.int(4), try row.int(5), try row.int(6))
            case "count": counts.append((try row.text(1), try row.textOrNil(2) ?? "", Int(try row.int(3))))
            default: missing.append(Missing(id: try row.int(7), name: try row.text(2)))
            }
        }
        guard let totals else { return nil }
        self.run = run
        answered = Int(totals.answered)
        expected = Int(totals.expected)
        right = Int(totals.right)
        distribution = AnswerDistribution(counts, of: question)
        self.missing = missing
        missingCount = Int(totals.missing)
    }
}
