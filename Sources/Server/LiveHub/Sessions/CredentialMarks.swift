/// Since when it is asked whose credentials were withdrawn.
///
/// Pure. A session may have been verified some time before it is in the list of those that are looked at: so each question
/// reaches back over the time that this can take, and the same change is seen several times. Before that time has passed it reaches
/// back to the first look: whoever was there was asked about then, and whoever came later is asked about when they come.
struct CredentialMarks {
    /// How far back a question reaches, in seconds: a connection has ten for its `connect`.
    static let window = 12
    /// After so many seconds everybody is asked about, whatever was said: a deadline passes without a change.
    static let fullPeriod = 60

    private var marks: [(at: Int, mark: String)] = []
    private var fullAt: Int?

    /// The newest mark that reaches back far enough; `nil` when everybody is to be asked about.
    func since(at second: Int) -> String? {
        guard let fullAt, second - fullAt < CredentialMarks.fullPeriod else { return nil }
        return (marks.last { second - $0.at >= CredentialMarks.window } ?? marks.first)?.mark
    }

    /// Notes where things stood at a moment; `isFull` when everybody was asked about, `isAnswered` when there was an
    /// answer.
    mutating func note(_ mark: String?, isFull: Bool, isAnswered: Bool = true, at second: Int) {
        if isFull, isAnswered { fullAt = second }
        // Without a mark, or an answer, nothing is known of what happened in between.
        guard isAnswered, let mark else { return marks = [] }
        marks.append((second, mark))
        // Older than the newest that reaches back far enough is not needed.
        while marks.count > 1, second - marks[1].at >= CredentialMarks.window { marks.removeFirst() }
    }
}
