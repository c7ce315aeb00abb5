import Synchronization

/// Instruments of one name, one for each institution that anything was counted for.
///
/// Any thread may ask; a known institution costs a look-up by number, no text. The number of institutions is bounded:
/// those that come after the bound share the instrument labelled `other`.
package final class ByInstitution<Instrument: Sendable>: Sendable {
    private let limit: Int
    private let make: @Sendable (String) -> Instrument

    private struct Known {
        var instruments: [Int64: Instrument] = [:]
        var other: Instrument?
    }
    private let known = Mutex(Known())

    init(limit: Int, make: @escaping @Sendable (String) -> Instrument) {
        self.limit = limit
        self.make = make
    }

    /// The instrument of the institution with this id.
    package func of(_ institution: Int64) -> Instrument {
        known.withLock { known in
            if let instrument = known.instruments[institution] { return instrument }
            guard known.instruments.count < limit else {
                let other = known.other ?? make("other")
                known.other = other
                return other
            }
            let instrument = make("\(institution)")
            known.instruments[institution] = instrument
            return instrument
        }
    }
}

extension Metrics {
    /// Counters of one name, told apart by the label `institution`, up to `limit` of them.
    package func countersByInstitution(
        _ name: String, _ help: String, limit: Int = 1000
    ) -> ByInstitution<Counter> {
        ByInstitution(limit: limit) { [self] in counter(name, help, ("institution", $0)) }
    }

    /// Gauges of one name, told apart by the label `institution`, up to `limit` of them.
    package func gaugesByInstitution(_ name: String, _ help: String, limit: Int = 1000) -> ByInstitution<
        Gauge
    > {
        ByInstitution(limit: limit) { [self] in gauge(name, help, ("institution", $0)) }
    }
}
