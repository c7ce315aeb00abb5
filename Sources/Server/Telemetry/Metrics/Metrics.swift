import Synchronization

/// Every number that the process tells of itself, by name.
///
/// Any thread may use it.
///
/// Instruments are made once, at start, and kept by those who count; asking again for the same name and labels
/// returns the same instrument.
package final class Metrics: Sendable {
    /// A label's name and value, as `route="/healthz"`.
    package typealias Label = (name: String, value: String)

    struct Registry {
        var families: [String: Family] = [:]
    }

    /// All instruments of one name.
    struct Family {
        let kind: Kind
        let help: String
        var members: [(labels: [Label], instrument: Instrument)] = []
    }

    enum Kind: String { case counter, gauge, histogram }

    enum Instrument {
        case counter(Counter)
        case gauge(Gauge)
        case probe(@Sendable () -> Double)
        case distribution(Distribution)
    }

    private let registry = Mutex(Registry())

    package init() {}

    /// The counter of that name and labels; its name ends in `_total` by Prometheus' custom.
    package func counter(_ name: String, _ help: String, _ labels: Label...) -> Counter {
        made(name, help, .counter, labels) { .counter(Counter()) }.counter ?? Counter()
    }

    /// The gauge of that name and labels.
    package func gauge(_ name: String, _ help: String, _ labels: Label...) -> Gauge {
        made(name, help, .gauge, labels) { .gauge(Gauge()) }.gauge ?? Gauge()
    }

    /// Has `probe` asked for the gauge's value whenever somebody reads; it runs on the reader's thread.
    package func gauge(
        _ name: String, _ help: String, _ labels: Label..., probe: @escaping @Sendable () -> Double
    ) {
        _ = made(name, help, .gauge, labels) { .probe(probe) }
    }

    /// The distribution of durations of that name and labels; its name ends in `_seconds`.
    package func distribution(_ name: String, _ help: String, _ labels: Label...) -> Distribution {
        made(name, help, .histogram, labels) { .distribution(Distribution()) }.distribution ?? Distribution()
    }

    /// Counters of one name that differ in labels whose values are known only while running.
    ///
    /// Up to `limit` combinations of values are told apart; the rest count together as `other`.
    package func counters(
        _ name: String, _ help: String, labels: [String], limit: Int = 200
    ) -> Labelled<Counter> {
        Labelled(labels: labels, limit: limit) { [self] values in
            made(name, help, .counter, Array(zip(labels, values)).map { ($0, $1) }) { .counter(Counter()) }
                .counter
                ?? Counter()
        }
    }

    /// Gauges of one name; see ``counters(_:_:labels:limit:)``.
    package func gauges(
        _ name: String, _ help: String, labels: [String], limit: Int = 200
    ) -> Labelled<Gauge> {
        Labelled(labels: labels, limit: limit) { [self] values in
            made(name, help, .gauge, Array(zip(labels, values)).map { ($0, $1) }) { .gauge(Gauge()) }.gauge
                ?? Gauge()
        }
    }

    /// Distributions of one name; see ``counters(_:_:labels:limit:)``.
    package func distributions(
        _ name: String, _ help: String, labels: [String], limit: Int = 200
    ) -> Labelled<Distribution> {
        Labelled(labels: labels, limit: limit) { [self] values in
            made(name, help, .histogram, Array(zip(labels, values)).map { ($0, $1) }) {
                .distribution(Distribution())
            }
            .distribution ?? Distribution()
        }
    }

    /// Finds or makes an instrument; traps when the name is taken by another kind, which is a programmer's mistake.
    private func made(
        _ name: String, _ help: String, _ kind: Kind, _ labels: [Label], _ make: () -> Instrument
    ) -> Instrument {
        precondition(
            Metrics.isName(name) && labels.allSatisfy { Metrics.isName($0.name) }, "no metric name: \(name)")
        return registry.withLock { registry in
            var family = registry.families[name] ?? Family(kind: kind, help: help)
            precondition(family.kind == kind, "\(name) is a \(family.kind.rawValue)")
            let known = family.members.first { member in
                member.labels.count == labels.count
                    && zip(member.labels, labels).allSatisfy { $0.name == $1.name && $0.value == $1.value }
            }
            if let known { return known.instrument }
            let instrument = make()
            family.members.append((labels, instrument))
            registry.families[name] = family
            return instrument
        }
    }

    /// A picture of everything, in the order of the names.
    func families() -> [(name: String, family: Family)] {
        registry.withLock { $0.families }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether Prometheus takes it as a name: letters, digits and underscores, no digit first.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

extension Metrics.Instrument {
    fileprivate var counter: Counter? { if case .counter(let counter) = self { counter } else { nil } }
    fileprivate var gauge: Gauge? { if case .gauge(let gauge) = self { gauge } else { nil } }
    fileprivate var distribution: Distribution? { if case .distribution(let it) = self { it } else { nil } }
}
