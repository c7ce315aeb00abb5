package import Postgres

/// Whose numbers may be seen.
package enum LiveScope: Sendable, Equatable {
    case all
    case institution(TenantID)

    /// Whether the institution's numbers may be seen.
    func includes(_ institution: TenantID) -> Bool {
        switch self {
        case .all: true
        case .institution(let own): own == institution
        }
    }
}

/// Numbers of one class, of one institution, or of everything.
package struct LiveNumbers: Sendable, Hashable {
    package var connections = 0
    package var peak = 0
    /// `nil` where nobody counts apart.
    package var rates: LiveRates?
    /// From reading a call to its reply; `nil` when there was none.
    package var acknowledgement: LiveLatency?

    package init() {}

    /// What these classes come to.
    ///
    /// Their peaks need not have been at one moment: the sum is what there was at most.
    package static func sum(of rows: some Sequence<ClassRow>) -> LiveNumbers {
        var sum = LiveNumbers()
        for row in rows {
            sum.connections += row.numbers.connections
            sum.peak += row.numbers.peak
            guard let rates = row.numbers.rates else { continue }
            sum.rates = sum.rates.map { $0 + rates } ?? rates
        }
        return sum
    }
}

/// Milliseconds at two places of a distribution.
package struct LiveLatency: Sendable, Hashable {
    package let p50: Double
    package let p99: Double

    package init(p50: Double, p99: Double) {
        self.p50 = p50
        self.p99 = p99
    }
}

/// One class with somebody in it.
package struct ClassRow: Sendable, Hashable {
    /// Which class it is, on whatever node.
    struct Key: Hashable, Sendable {
        let institution: TenantID
        let id: Int64
    }

    package let institution: TenantID
    package let id: Int64
    package let title: String
    package let course: Int64
    package let courseName: String
    package var numbers: LiveNumbers

    var key: Key { Key(institution: institution, id: id) }

    package init(
        institution: TenantID, id: Int64, title: String, course: Int64, courseName: String,
        numbers: LiveNumbers
    ) {
        self.institution = institution
        self.id = id
        self.title = title
        self.course = course
        self.courseName = courseName
        self.numbers = numbers
    }
}

/// What the monitor knows at one moment, of one scope.
///
/// A value: the report is made from it.
package struct LivePicture: Sendable {
    package var totals = LiveNumbers()
    package var fanOut: LiveLatency?
    package var institutions: [TenantID: LiveNumbers] = [:]
    /// The last points of each institution's connections, the oldest first.
    package var sparks: [TenantID: [Double?]] = [:]
    package var classes: [ClassRow] = []
    package var history = LiveHistory()

    package init() {}
}
