import JSON

/// What a node is like at one moment, as it says itself.
struct NodeBeat: Hashable, Sendable {
    var name: String
    var version: String
    /// Whole seconds since it started.
    var uptime = 0
    /// Whether it is about to stop.
    var isDraining = false
    /// Whether it hears the other nodes; `nil` where there can be no other.
    var hears: Bool?
    /// Why it sends sessions elsewhere; words that a newer version may have more of.
    var aside: [String] = []
    /// The share of the last five seconds that each loop was busy, from 0 to 1.
    var loads: [Double] = []
    var process = ProcessGauges()
    /// Milliseconds from another node's publication to its arrival; `nil` when nothing has arrived lately.
    var brokerLag: Double?
    var connections = 0
    /// The most connections to all nodes on a day, as far as it knows.
    var peak = DayPeak()
    /// `nil` in its first second.
    var rates: LiveRates?
    /// From reading a call to its reply; `nil` when there was none.
    var acknowledgement: LiveLatency?
    /// From publication to the last send; `nil` when there was none.
    var fanOut: LiveLatency?

    /// Whether new sessions are sent to it.
    var takesSessions: Bool { !isDraining && aside.isEmpty }

    /// Loops whose loads are told at most.
    static let mostLoops = 1024
    /// Reasons to stand aside that are read at most.
    static let mostReasons = 16
    /// Unicode scalars of a name or version that are told.
    static let longestName = 255
}

/// The most connections that there were on a day: nodes tell each other, so that one that starts anew knows.
struct DayPeak: Hashable, Sendable {
    /// Days since 1970 (UTC).
    var day: Int64 = 0
    var connections = 0
}

extension NodeBeat {
    /// Writes its members into an object.
    func write(_ json: inout JSONWriter) {
        json.member("name", name.firstScalars(NodeBeat.longestName))
        json.member("version", version.firstScalars(NodeBeat.longestName))
        json.member("uptime_s", uptime)
        json.member("draining", isDraining)
        json.member("hears", hears)
        json.array("aside", of: aside) { $0.string($1) }
        json.array("loops", of: loads.prefix(NodeBeat.mostLoops)) { $0.double($1) }
        json.member("rss_bytes", process.residentBytes)
        json.member("descriptors", process.descriptors)
        json.member("descriptor_limit", process.descriptorLimit)
        json.member("broker_lag_ms", brokerLag)
        json.member("connections", connections)
        json.member("day", peak.day)
        json.member("peak", peak.connections)
        if let rates {
            json.object("rates") { json in
                json.member("joins", rates.joins)
                json.member("messages", rates.messages)
                json.member("answers", rates.answers)
                json.member("deliveries", rates.deliveries)
            }
        }
        json.member("ack_ms", acknowledgement)
        json.member("fanout_ms", fanOut)
    }

    /// Reads what ``write(_:)`` writes; what a newer version says besides is ignored.
    init(_ fields: JSONFields) throws(FieldError) {
        name = try fields.string("name", max: NodeBeat.longestName)
        version = try fields.string("version", max: NodeBeat.longestName)
        uptime = try fields.int("uptime_s", in: 0...Int(JSONFields.largestID))
        isDraining = try fields.bool("draining")
        hears = try fields.optionalBool("hears")
        aside = try fields.strings("aside", in: 0...NodeBeat.mostReasons, each: 1...32)
        loads = try fields.doubles("loops", in: 0...NodeBeat.mostLoops, each: 0...1)
        process = ProcessGauges(
            residentBytes: try fields.optionalCount("rss_bytes"),
            descriptors: try fields.optionalCount("descriptors"),
            descriptorLimit: try fields.optionalInt("descriptor_limit", in: 0...Int.max))
        brokerLag = try fields.optionalDouble("broker_lag_ms", in: 0...JSONFields.mostMilliseconds)
        connections = try fields.count("connections")
        peak = DayPeak(
            day: Int64(try fields.count("day")), connections: try fields.count("peak"))
        if let told = try fields.optionalFields("rates") {
            rates = LiveRates(
                joins: try told.rate("joins"), messages: try told.rate("messages"),
                answers: try told.rate("answers"),
                deliveries: try told.optionalDouble("deliveries", in: 0...JSONFields.mostPerSecond))
        }
        acknowledgement = try fields.latency("ack_ms")
        fanOut = try fields.latency("fanout_ms")
    }
}
