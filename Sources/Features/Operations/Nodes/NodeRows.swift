import JSON
import Postgres

/// Who is where on one node: its connections by institution, and its classes.
struct NodeRows: Hashable, Sendable {
    /// What a node says of one institution.
    struct Institution: Hashable, Sendable {
        /// Connections to the node.
        var connections: Int
        /// The most connections to all nodes today, as far as it knows.
        var peak: Int
    }

    /// The day that peaks are of, as days since 1970 (UTC).
    var day: Int64 = 0
    var institutions: [TenantID: Institution] = [:]
    var classes: [ClassRow] = []

    var count: Int { institutions.count + classes.count }

    /// Institutions, and classes, that one node tells of at most: those with the most connections.
    static let most = 20_000

    /// No more than ``most`` institutions and as many classes, and no more than `all` together: those with the most
    /// connections, institutions first.
    func cut(to all: Int = 2 * NodeRows.most) -> NodeRows {
        var rows = self
        let mostInstitutions = min(NodeRows.most, max(0, all))
        if institutions.count > mostInstitutions {
            let kept = institutions.sorted {
                ($1.value.connections, $0.key.rawValue) < ($0.value.connections, $1.key.rawValue)
            }
            rows.institutions = Dictionary(
                uniqueKeysWithValues: kept.prefix(mostInstitutions).map { ($0.key, $0.value) })
        }
        let mostClasses = min(NodeRows.most, max(0, all - rows.institutions.count))
        if classes.count > mostClasses {
            let kept = classes.sorted {
                ($1.numbers.connections, $0.id) < ($0.numbers.connections, $1.id)
            }
            rows.classes = Array(kept.prefix(mostClasses))
        }
        return rows
    }

    /// As pages that other nodes put together again; one that is empty when there are no rows.
    func pages(round: UInt64) -> [RowPage] {
        var pages: [RowPage] = []
        var page = RowPage(round: round, day: day)
        var bytes = 0
        func room(for more: Int) {
            if page.rows.count >= RowPage.mostRows || bytes + more > RowPage.mostBytes {
                pages.append(page)
                page = RowPage(round: round, day: day)
                bytes = 0
            }
            bytes += more
        }
        let rows = cut()
        for (id, institution) in rows.institutions {
            room(for: 64)
            page.rows.institutions[id] = institution
        }
        for row in rows.classes {
            room(for: row.mostBytes)
            page.rows.classes.append(row)
        }
        pages.append(page)
        for index in pages.indices {
            pages[index].page = index
            pages[index].pages = pages.count
        }
        return pages
    }
}

/// A part of a node's rows; the parts of a round make all of them.
struct RowPage: Hashable, Sendable {
    /// Grows with every round of the node's life.
    var round: UInt64
    var page = 0
    var pages = 1
    var rows = NodeRows()

    /// Rows on one page at most.
    static let mostRows = 500
    /// Bytes of one page, roughly, at most: half of what a message may hold.
    static let mostBytes = 1 << 19
    /// Pages of a round at most: as many as the most rows with the longest names need.
    static let mostPages = 1024
    /// Unicode scalars of a name that are told.
    static let longestName = 255

    init(round: UInt64, day: Int64) {
        self.round = round
        rows.day = day
    }

    func write(_ json: inout JSONWriter) {
        json.member("round", round)
        json.member("page", page)
        json.member("pages", pages)
        json.member("day", rows.day)
        json.array("institutions", of: rows.institutions) { json, entry in
            json.array { json in
                json.int(entry.key.rawValue)
                json.int(entry.value.connections)
                json.int(entry.value.peak)
            }
        }
        json.array("classes", of: rows.classes) { $1.write(&$0) }
    }

    init(_ fields: JSONFields) throws(FieldError) {
        round = try fields.sequence("round")
        pages = try fields.int("pages", in: 1...RowPage.mostPages)
        page = try fields.int("page", in: 0...pages - 1)
        rows.day = Int64(try fields.count("day"))
        for value in try fields.array("institutions", in: 0...RowPage.mostRows) {
            guard let parts = value.array, parts.count >= 3, let id = parts[0].id,
                let connections = parts[1].count, let peak = parts[2].count
            else { throw fields.error("institutions", .wrongKind(wanted: "counts by institution")) }
            rows.institutions[TenantID(rawValue: id)] = .init(connections: connections, peak: peak)
        }
        for value in try fields.array("classes", in: 0...RowPage.mostRows) {
            guard let row = ClassRow(value) else {
                throw fields.error("classes", .wrongKind(wanted: "classes"))
            }
            rows.classes.append(row)
        }
    }
}

extension ClassRow {
    /// What it takes in a page at most: a byte may become six.
    fileprivate var mostBytes: Int { 256 + 6 * (title.utf8.count + courseName.utf8.count) }

    /// `[institution, class, title, course, its name, connections, peak, joins, messages, answers, p50, p99]`, the rates
    /// and latencies `null` where they are not known.
    fileprivate func write(_ json: inout JSONWriter) {
        json.array { json in
            json.int(institution.rawValue)
            json.int(id)
            json.string(title.firstScalars(RowPage.longestName))
            json.int(course)
            json.string(courseName.firstScalars(RowPage.longestName))
            json.int(numbers.connections)
            json.int(numbers.peak)
            for rate in [numbers.rates?.joins, numbers.rates?.messages, numbers.rates?.answers] {
                json.value(rate.map(JSONValue.double) ?? .null)
            }
            for part in [numbers.acknowledgement?.p50, numbers.acknowledgement?.p99] {
                json.value(part.map(JSONValue.double) ?? .null)
            }
        }
    }

    fileprivate init?(_ value: JSONValue) {
        guard let parts = value.array, parts.count >= 12, let institution = parts[0].id, let id = parts[1].id,
            let title = parts[2].name, let course = parts[3].id, let courseName = parts[4].name,
            let connections = parts[5].count, let peak = parts[6].count
        else { return nil }
        var numbers = LiveNumbers()
        numbers.connections = connections
        numbers.peak = peak
        let rest = parts[7..<12].map(\.amount)
        // Unknown is `null`; anything else must be a number that may be.
        guard zip(rest, parts[7..<12]).allSatisfy({ $0 != nil || $1.isNull }) else { return nil }
        if let joins = rest[0], let messages = rest[1], let answers = rest[2] {
            numbers.rates = LiveRates(joins: joins, messages: messages, answers: answers)
        }
        if let median = rest[3], let p99 = rest[4] {
            numbers.acknowledgement = LiveLatency(p50: median, p99: p99)
        }
        self.init(
            institution: TenantID(rawValue: institution), id: id, title: title, course: course,
            courseName: courseName, numbers: numbers)
    }
}

extension JSONValue {
    fileprivate var id: Int64? {
        number?.int64.flatMap { (1...JSONFields.largestID).contains($0) ? $0 : nil }
    }

    fileprivate var count: Int? {
        int.flatMap { (0...JSONFields.mostThings).contains($0) ? $0 : nil }
    }

    fileprivate var name: String? {
        string.flatMap { $0.unicodeScalars.count <= RowPage.longestName ? $0 : nil }
    }

    fileprivate var amount: Double? {
        double.flatMap { (0...JSONFields.mostPerSecond).contains($0) ? $0 : nil }
    }
}
