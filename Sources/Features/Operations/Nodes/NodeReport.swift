import EventLoop
package import JSON

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

/// What a node is like at one moment.
package struct NodeReport: Sendable {
    let card: NodeCard
    let loads: [Double]
    let process: ProcessGauges
    let isDraining: Bool

    /// Writes the node's object.
    package func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("name", card.name)
            json.member("version", card.version)
            json.member("uptime_s", (MonotonicTime.nanoseconds() - card.startedAt) / 1_000_000_000)
            json.array("loops", of: loads) { json, load in
                json.object { $0.member("load", (load * 1000).rounded() / 1000) }
            }
            json.member("rss_bytes", process.residentBytes)
            json.member("descriptors", process.descriptors)
            json.member("descriptor_limit", process.descriptorLimit)
            json.nullMember("broker_lag_ms")
            json.member("draining", isDraining)
        }
    }
}
