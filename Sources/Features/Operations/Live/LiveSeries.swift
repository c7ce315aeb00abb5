/// One number every five seconds for an hour: the oldest leaves when a new one comes.
package struct LiveSeries: Sendable, Equatable {
    /// Milliseconds from one point to the next.
    package static let step: Int64 = 5000
    /// An hour.
    package static let most = 720

    private var points: [Double?] = []

    package init() {}

    /// Adds a point; `nil` for one that could not be measured.
    package mutating func add(_ point: Double?) {
        points.append(point)
        if points.count > LiveSeries.most { points.removeFirst(points.count - LiveSeries.most) }
    }

    package var count: Int { points.count }

    /// All points, the oldest first.
    package var all: [Double?] { points }

    /// The newest `count` points, the oldest of them first.
    package func last(_ count: Int) -> [Double?] { Array(points.suffix(count)) }
}

/// The series that the page draws, all of the same length.
package struct LiveHistory: Sendable, Equatable {
    package private(set) var connections = LiveSeries()
    package private(set) var deliveries = LiveSeries()
    package private(set) var acknowledgement = LiveSeries()
    package private(set) var fanOut = LiveSeries()
    /// When the newest point was taken, in milliseconds since 1970.
    package private(set) var newest: Int64 = 0

    package init() {}

    /// Adds a point to each series; latencies in milliseconds.
    package mutating func add(
        at time: Int64, connections: Int, deliveries: Double?, acknowledgement: Double?, fanOut: Double?
    ) {
        self.connections.add(Double(connections))
        self.deliveries.add(deliveries)
        self.acknowledgement.add(acknowledgement)
        self.fanOut.add(fanOut)
        newest = time
    }

    package var count: Int { connections.count }

    /// When the oldest point was taken, as if all were exactly one step apart.
    package var oldest: Int64 { newest - Int64(max(0, count - 1)) * LiveSeries.step }
}
