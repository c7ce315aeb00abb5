import EventLoop
import Telemetry
package import Tenancy

/// What a room counts for those who watch over it.
///
/// Confined to the room's loop; the time is handed in.
struct RoomMeter {
    private var joins = RateWindow(seconds: 10)
    private var messages = RateWindow(seconds: 10)
    private var answers = RateWindow(seconds: 10)
    /// Microseconds from reading a call to its answer: the latest ones, in a ring.
    private var samples: [Int64] = []
    private var next = 0

    private static let sampleCount = 512

    mutating func joined(at second: Int64) { joins.add(1, at: second) }

    mutating func said(_ count: Int = 1, at second: Int64) { messages.add(count, at: second) }

    mutating func answered(_ count: Int, at second: Int64) { answers.add(count, at: second) }

    mutating func acknowledged(microseconds: Int64) {
        if samples.count < RoomMeter.sampleCount {
            samples.append(microseconds)
        } else {
            samples[next] = microseconds
            next = (next + 1) % RoomMeter.sampleCount
        }
    }

    mutating func statistics(
        of info: LiveClass, in institution: InstitutionID, presence: Presence, at second: Int64
    ) -> ClassStatistics {
        let sorted = samples.sorted()
        func share(_ part: Double) -> Double? {
            sorted.isEmpty ? nil : Double(sorted[Int(Double(sorted.count - 1) * part)]) / 1000
        }
        return ClassStatistics(
            institution: institution, course: info.course, courseName: info.courseName, id: info.id,
            title: info.title, phase: info.phase, connections: presence.connections,
            people: presence.hereLocally,
            peak: presence.peak, joinsPerSecond: joins.perSecond(at: second),
            messagesPerSecond: messages.perSecond(at: second),
            answersPerSecond: answers.perSecond(at: second),
            ackMedianMilliseconds: share(0.5), ackP99Milliseconds: share(0.99))
    }
}

/// What one class is like at this moment, on this node.
package struct ClassStatistics: Hashable, Sendable {
    package let institution: InstitutionID
    package let course: Int64
    package let courseName: String
    package let id: Int64
    package let title: String
    package let phase: LiveClass.Phase
    /// Connections to this node that follow the class now.
    package let connections: Int
    /// Different people among them.
    package let people: Int
    /// The most connections to this node at once since the class was loaded.
    package let peak: Int
    /// Rates over the last ten seconds.
    package let joinsPerSecond: Double
    package let messagesPerSecond: Double
    package let answersPerSecond: Double
    /// From reading a change to its answer, over the latest 512 of them; `nil` before the first.
    package let ackMedianMilliseconds: Double?
    package let ackP99Milliseconds: Double?
}
