import LiveHub
import Postgres

@testable import Operations

/// Values that tests begin with.
enum Sample {
    static let north = TenantID(rawValue: 1)
    static let south = TenantID(rawValue: 2)
    /// A moment, in milliseconds since 1970, and its day.
    static let time: Int64 = 1_795_340_000_000
    static let day = time / 86_400_000

    static func node(_ number: UInt64) -> NodeID { NodeID(rawValue: number) }

    static func beat(
        _ name: String = "n", connections: Int = 0, rates: LiveRates? = nil, isDraining: Bool = false,
        aside: [String] = []
    ) -> NodeBeat {
        var beat = NodeBeat(name: name, version: "1.0")
        beat.connections = connections
        beat.rates = rates
        beat.isDraining = isDraining
        beat.aside = aside
        return beat
    }

    static func row(
        _ id: Int64, connections: Int = 1, peak: Int = 1, title: String = "Live", messages: Double? = nil,
        p99: Double? = nil, in institution: TenantID = Sample.north
    ) -> ClassRow {
        var numbers = LiveNumbers()
        numbers.connections = connections
        numbers.peak = peak
        if let messages { numbers.rates = LiveRates(joins: 0.5, messages: messages, answers: 0) }
        if let p99 { numbers.acknowledgement = LiveLatency(p50: 1, p99: p99) }
        return ClassRow(
            institution: institution, id: id, title: title, course: 5, courseName: "Algebra", numbers: numbers
        )
    }

    static func rows(_ classes: [ClassRow], institutions: [TenantID: Int] = [:]) -> NodeRows {
        NodeRows(
            day: Sample.day,
            institutions: institutions.mapValues { NodeRows.Institution(connections: $0, peak: $0) },
            classes: classes)
    }

    static func look(
        connections: Int = 0, institutions: [TenantID: Int] = [:], classes: [ClassRow] = [],
        rates: LiveRates? = nil, acknowledgement: LiveLatency? = nil
    ) -> MonitorState.Look {
        MonitorState.Look(
            connections: connections, institutions: institutions, classes: classes, rates: rates,
            acknowledgement: acknowledgement, fanOut: nil, at: Sample.time)
    }
}

extension NodeNews {
    static func beat(_ beat: NodeBeat, _ number: UInt64) -> NodeNews {
        .beat(beat, number: number, at: 1_795_340_000_000)
    }
}
