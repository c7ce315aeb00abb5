package import JSON
package import Postgres

/// The answer of `GET /api/v1/ops/live`.
package struct LiveReport: Sendable {
    private let picture: LivePicture
    private let names: [TenantID: String]
    private let nodes: [NodeReport]
    private let since: Int64?
    private let at: Int64

    /// Makes the answer.
    ///
    /// - Parameters:
    ///   - picture: What may be seen.
    ///   - names: What institutions are called.
    ///   - nodes: The nodes' cards; none for those who see one institution.
    ///   - since: Points of the series up to then are left out, in milliseconds since 1970.
    ///   - at: Now.
    package init(
        picture: LivePicture, names: [TenantID: String], nodes: [NodeReport], since: Int64?, at: Int64
    ) {
        self.picture = picture
        self.names = names
        self.nodes = nodes
        self.since = since
        self.at = at
    }

    /// The answer's body.
    package var json: RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("at", at)
                json.object("totals") { json in
                    LiveReport.write(picture.totals, &json)
                    LiveReport.write("fanout_ms", picture.fanOut, &json)
                }
                json.array("institutions") { json in
                    for id in picture.institutions.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                        json.object { institution(id, &$0) }
                    }
                }
                json.object("series") { series(&$0) }
                json.array("nodes", of: nodes) { $1.write(&$0) }
            }
        }
    }

    /// The answer of `GET /api/v1/courses/:course_id/live`.
    ///
    /// - Parameters:
    ///   - id: The course's id.
    ///   - rows: Its classes.
    ///   - at: Now, in milliseconds since 1970.
    /// - Returns: The body.
    static func course(_ id: Int64, _ rows: [ClassRow], at: Int64) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("at", at)
                json.member("course_id", id)
                write(LiveNumbers.sum(of: rows), &json)
                write(rows.sorted { $0.id < $1.id }, &json)
            }
        }
    }

    private func institution(_ id: TenantID, _ json: inout JSONWriter) {
        json.member("id", id.rawValue)
        json.member("name", names[id] ?? "–")
        LiveReport.write(picture.institutions[id] ?? LiveNumbers(), &json)
        LiveReport.write("spark", picture.sparks[id] ?? [], &json)
        let byCourse = Dictionary(grouping: picture.classes.filter { $0.institution == id }, by: \.course)
        json.array("courses") { json in
            for course in byCourse.keys.sorted() {
                json.object { self.course(course, byCourse[course] ?? [], &$0) }
            }
        }
    }

    private func course(_ id: Int64, _ rows: [ClassRow], _ json: inout JSONWriter) {
        json.member("id", id)
        json.member("name", rows.first?.courseName ?? "–")
        LiveReport.write(LiveNumbers.sum(of: rows), &json)
        LiveReport.write(rows, &json)
    }

    private func series(_ json: inout JSONWriter) {
        let history = picture.history
        var skipped = 0
        if let since, history.count > 0, since >= history.oldest {
            skipped = min(history.count, Int((since - history.oldest) / LiveSeries.step) + 1)
        }
        json.member("t0", history.oldest + Int64(skipped) * LiveSeries.step)
        json.member("step_ms", LiveSeries.step)
        LiveReport.write("connections", Array(history.connections.all.dropFirst(skipped)), &json)
        LiveReport.write("deliveries_per_s", Array(history.deliveries.all.dropFirst(skipped)), &json)
        LiveReport.write("ack_p99_ms", Array(history.acknowledgement.all.dropFirst(skipped)), &json)
        LiveReport.write("fanout_p99_ms", Array(history.fanOut.all.dropFirst(skipped)), &json)
    }

    // MARK: Parts

    private static func write(_ rows: [ClassRow], _ json: inout JSONWriter) {
        json.array("classes", of: rows) { json, row in
            json.object { json in
                json.member("id", row.id)
                json.member("title", row.title)
                write(row.numbers, &json)
            }
        }
    }

    private static func write(_ numbers: LiveNumbers, _ json: inout JSONWriter) {
        json.member("connections", numbers.connections)
        json.member("peak", numbers.peak)
        write("ack_ms", numbers.acknowledgement, &json)
        guard let rates = numbers.rates else { return }
        json.member("joins_per_s", rounded(rates.joins))
        json.member("messages_per_s", rounded(rates.messages))
        json.member("answers_per_s", rounded(rates.answers))
        json.member("deliveries_per_s", rates.deliveries.map(rounded))
    }

    private static func write(_ name: String, _ latency: LiveLatency?, _ json: inout JSONWriter) {
        guard let latency else { return json.nullMember(name) }
        json.object(name) { json in
            json.member("p50", rounded(latency.p50))
            json.member("p99", rounded(latency.p99))
        }
    }

    private static func write(_ name: String, _ points: [Double?], _ json: inout JSONWriter) {
        json.array(name, of: points) { json, point in
            if let point { json.double(rounded(point)) } else { json.null() }
        }
    }

    /// One digit after the point for what is large, two for what is small.
    static func rounded(_ number: Double) -> Double {
        number >= 100 ? (number * 10).rounded() / 10 : (number * 100).rounded() / 100
    }
}
