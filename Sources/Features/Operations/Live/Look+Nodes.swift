import Postgres

extension MonitorState.Look {
    /// This node's look together with what other nodes have said.
    ///
    /// Connections and rates add up. Percentiles do not: the slowest node's stand for all. A class's peak on one node is
    /// what it had at least. Peaks of all nodes together come from looks like this one, on whatever node they were made.
    func merged(with others: some Sequence<ClusterBook.Node>) -> MonitorState.Look {
        var look = self
        var rows: [ClassRow.Key: Int] = [:]
        for (index, row) in look.classes.enumerated() { rows[row.key] = index }
        for node in others {
            look.connections += node.beat.connections
            look.rates = MonitorState.Look.sum(look.rates, node.beat.rates)
            look.acknowledgement = .slower(look.acknowledgement, node.beat.acknowledgement)
            look.fanOut = .slower(look.fanOut, node.beat.fanOut)
            if node.beat.peak.day == day { look.peak = max(look.peak, node.beat.peak.connections) }
            for (id, institution) in node.rows.institutions {
                look.institutions[id, default: 0] += institution.connections
                guard node.rows.day == day else { continue }
                look.institutionPeaks[id] = max(look.institutionPeaks[id] ?? 0, institution.peak)
            }
            for row in node.rows.classes {
                if let index = rows[row.key] {
                    look.classes[index].numbers.add(row.numbers)
                } else {
                    rows[row.key] = look.classes.count
                    look.classes.append(row)
                }
            }
        }
        return look
    }

    fileprivate static func sum(_ left: LiveRates?, _ right: LiveRates?) -> LiveRates? {
        guard let left, let right else { return left ?? right }
        return left + right
    }
}

extension LiveNumbers {
    /// The same class on another node.
    fileprivate mutating func add(_ other: LiveNumbers) {
        connections += other.connections
        peak = max(peak, other.peak)
        rates = MonitorState.Look.sum(rates, other.rates)
        acknowledgement = .slower(acknowledgement, other.acknowledgement)
    }
}

extension LiveLatency? {
    /// The one with the longer p99; what was not measured does not count.
    fileprivate static func slower(_ left: LiveLatency?, _ right: LiveLatency?) -> LiveLatency? {
        guard let left, let right else { return left ?? right }
        return left.p99 >= right.p99 ? left : right
    }
}
