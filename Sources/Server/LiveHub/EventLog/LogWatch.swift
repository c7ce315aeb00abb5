import Postgres

/// Which transactions were finished at one moment, as Postgres writes it: `xmin:xmax:running,…`.
struct LogSnapshot: Equatable {
    let text: String
    /// The first transaction that had not begun; it grows as long as it is the same database.
    let next: UInt64

    /// Reads what `pg_snapshot` looks like as text; `nil` for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let next = UInt64(parts[1]) else { return nil }
        self.text = text
        self.next = next
    }
}

/// Decides what the log is asked from time to time, so that no event stays unnoticed that the broker did not bring.
///
/// One check asks, for each institution that has channels here, which channels were written to by transactions that the
/// last check did not see. A transaction counts as seen by its snapshot and not by its number: one that was open across
/// many checks is found in the first one after its commit, and meanwhile what others have written is told once. A
/// transaction that writes and stays open for long makes each check walk over the index entries since then, but not
/// tell them again; readers, a dump for instance, do not.
///
/// After a check that failed, what was seen stays as it was, so that the next one finds what this one would have. When
/// the database may be another one than before (at the start, after a lost connection, when its transactions' numbers
/// went back), snapshots say nothing: everything is in doubt, and each channel is compared with the log.
struct LogWatch {
    /// One institution's changes.
    struct Question: Equatable {
        let institution: TenantID
        /// What was seen already.
        let seen: LogSnapshot
        /// Where the page before ended.
        var after = Place()
    }

    /// A place in the order of changes.
    struct Place: Equatable {
        /// A transaction's number; the database alone compares it.
        var changed = "0"
        var name = ""
    }

    /// A channel that was written to.
    struct Change: Equatable {
        let name: String
        let top: UInt64
        let changed: String
    }

    /// What one batch of statements asks.
    struct Ask: Equatable {
        /// Whether it begins with reading the present snapshot.
        let readsSnapshot: Bool
        let questions: [Question]
    }

    /// What came of one answer.
    struct Finding: Equatable {
        /// Where channels stand in the log; those that are here may be behind.
        var tops: [ChannelKey: UInt64] = [:]
        /// Whether each channel must be compared with the log.
        var isEverythingInDoubt = false
        /// What is asked next, at once; `nil` when the check is done.
        var next: Ask?
    }

    /// Changes in one answer; one more and a page follows.
    let pageCount: Int
    /// Institutions in one batch.
    let batchCount: Int

    private struct Check {
        let institutions: Set<TenantID>
        var snapshot: LogSnapshot?
        var asked: [Question]
        var waiting: [Question]
    }

    private var check: Check?
    private var isInDoubt = true
    /// The snapshot of the last check that was carried through.
    private var seen: LogSnapshot?
    /// The one before: channels of an institution that the last check did not ask for may be as old.
    private var seenBefore: LogSnapshot?
    private var known: Set<TenantID> = []

    init(pageCount: Int = 500, batchCount: Int = 50) {
        self.pageCount = pageCount
        self.batchCount = batchCount
    }

    /// Begins a check for the institutions that have log channels here now; one that was not finished is forgotten.
    mutating func begin(_ institutions: Set<TenantID>) -> Ask {
        var questions: [Question] = []
        if !isInDoubt, let seen {
            for institution in institutions.sorted(by: { $0.rawValue < $1.rawValue }) {
                let since = known.contains(institution) ? seen : seenBefore ?? seen
                questions.append(Question(institution: institution, seen: since))
            }
        }
        let asked = Array(questions.prefix(batchCount))
        check = Check(
            institutions: institutions, asked: asked, waiting: Array(questions.dropFirst(asked.count)))
        return Ask(readsSnapshot: true, questions: asked)
    }

    /// Takes the answer to what was asked last: the snapshot when it was asked for, and each question's changes in order.
    mutating func take(_ snapshot: LogSnapshot?, _ answers: [[Change]]) -> Finding {
        guard var current = check else { return Finding() }
        if let snapshot {
            current.snapshot = snapshot
            if let seen, snapshot.next < seen.next { isInDoubt = true }
        }
        guard !isInDoubt else {
            finish(current)
            return Finding(isEverythingInDoubt: true)
        }
        var finding = Finding()
        for (question, changes) in zip(current.asked, answers) {
            for change in changes {
                finding.tops[ChannelKey(institution: question.institution, name: change.name)] = change.top
            }
            guard changes.count >= pageCount, let last = changes.last else { continue }
            var rest = question
            rest.after = Place(changed: last.changed, name: last.name)
            current.waiting.append(rest)
        }
        current.asked = Array(current.waiting.prefix(batchCount))
        current.waiting.removeFirst(current.asked.count)
        if current.asked.isEmpty {
            finish(current)
        } else {
            check = current
            finding.next = Ask(readsSnapshot: false, questions: current.asked)
        }
        return finding
    }

    private mutating func finish(_ done: Check) {
        seenBefore = seen
        seen = done.snapshot
        known = done.institutions
        isInDoubt = false
        check = nil
    }

    /// The answer did not come: the next check asks from where this one did.
    mutating func fail(databaseMayBeAnother: Bool) {
        check = nil
        if databaseMayBeAnother { isInDoubt = true }
    }
}
