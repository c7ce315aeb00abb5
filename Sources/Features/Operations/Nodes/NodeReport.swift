import EventLoop
package import JSON
import LiveHub

/// What a node is, from its start to its end.
package struct NodeCard: Sendable {
    package let name: String
    package let version: String
    /// When it started, in nanoseconds of the monotonic clock.
    let startedAt: Int64

    /// Describes a node that starts now.
    package init(name: String, version: String) {
        self.name = name
        self.version = version
        startedAt = MonotonicTime.nanoseconds()
    }
}

/// A node as operators see it.
package struct NodeReport: Sendable {
    /// Whether it is there.
    enum State: String, Sendable {
        case alive
        /// It was there a minute ago, and has not said that it would go.
        case silent
        /// It has said that it would go, and went.
        case stopped
    }

    let id: NodeID
    let beat: NodeBeat
    let state: State
    /// How long ago it was heard; nothing for the node itself.
    let lastHeard: Duration

    /// The node that answers.
    init(own beat: NodeBeat, id: NodeID) {
        self.id = id
        self.beat = beat
        state = .alive
        lastHeard = .zero
    }

    /// Another node, as it is known at `now`.
    init(_ node: ClusterBook.Node, at now: Duration) {
        id = node.id
        beat = node.beat
        state = !node.isSilent ? .alive : node.beat.isDraining ? .stopped : .silent
        lastHeard = max(.zero, now - node.heardAt)
    }

    /// Whether new sessions come to it.
    var takesSessions: Bool { state == .alive && beat.takesSessions }

    /// The others' order: by name, those that live first; ids tell apart what is equal, so that nothing jumps.
    static func isBefore(_ left: NodeReport, _ right: NodeReport) -> Bool {
        if left.beat.name != right.beat.name { return left.beat.name < right.beat.name }
        if (left.state == .alive) != (right.state == .alive) { return left.state == .alive }
        return left.id < right.id
    }

    /// Writes the node's object.
    package func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.description)
            json.member("name", beat.name)
            json.member("version", beat.version)
            json.member("state", state.rawValue)
            json.member("uptime_s", beat.uptime)
            json.member("connections", beat.connections)
            json.array("loops", of: beat.loads) { json, load in
                json.object { $0.member("load", (load * 1000).rounded() / 1000) }
            }
            json.member("rss_bytes", beat.process.residentBytes)
            json.member("descriptors", beat.process.descriptors)
            json.member("descriptor_limit", beat.process.descriptorLimit)
            if let lag = beat.brokerLag {
                json.member("broker_lag_ms", LiveReport.rounded(lag))
            } else {
                json.nullMember("broker_lag_ms")
            }
            json.member("draining", beat.isDraining)
            if let hears = beat.hears { json.member("hears", hears) } else { json.nullMember("hears") }
            json.array("aside", of: beat.aside) { $0.string($1) }
            json.member("last_heard_ms", Int(lastHeard / .milliseconds(1)))
        }
    }
}
