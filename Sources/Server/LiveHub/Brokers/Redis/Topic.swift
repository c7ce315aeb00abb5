import Postgres

/// The Redis channel that carries the publications of several channels of one institution.
///
/// Channels of one class share a topic, so that a node which follows a class subscribes once; the number of topics of an
/// institution is bounded by ``partitions``, whatever the number of its classes and users. The partition is the hash
/// tag: in a cluster a topic and the keys of its channels lie on one slot (Redis Cluster specification, "Hash tags").
struct Topic: Hashable, Sendable {
    /// Never changed: nodes of one deployment must agree.
    static let partitions: UInt32 = 128

    /// Institution 0 is nobody's: what concerns all nodes.
    static let everyone = forNodes(0)

    /// A topic of all nodes in any partition, through which each tries a shard.
    static func forNodes(_ partition: UInt32) -> Topic {
        Topic(institution: TenantID(rawValue: 0), partition: partition)
    }

    let institution: TenantID
    let partition: UInt32

    /// Where a channel is carried.
    ///
    /// What stands behind the colon decides (`chat:7` and `board:7` go together), or the whole name for what
    /// belongs to one user (`personal:#31`).
    init(of key: ChannelKey) {
        let name = key.name.utf8
        var part = name[...]
        if let colon = name.firstIndex(of: UInt8(ascii: ":")) {
            let rest = name[name.index(after: colon)...]
            if rest.first != UInt8(ascii: "#") { part = rest }
        }
        self.init(institution: key.institution, partition: Topic.hash(part) % Topic.partitions)
    }

    private init(institution: TenantID, partition: UInt32) {
        self.institution = institution
        self.partition = partition
    }

    /// Reads ``name``; `nil` for anything else.
    init?(_ name: String) {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let institution = Int64(parts[0]), institution >= 0, parts[1].hasPrefix("{"),
            parts[1].hasSuffix("}"), let partition = UInt32(parts[1].dropFirst().dropLast()),
            partition < Topic.partitions
        else { return nil }
        self.init(institution: TenantID(rawValue: institution), partition: partition)
        guard self.name == name else { return nil }
    }

    /// What Redis knows it by: `<institution>:{<partition>}`.
    var name: String { "\(institution.rawValue):{\(partition)}" }

    /// A key of a channel that is carried here; it lies on the topic's slot.
    func key(_ what: String, _ channel: String) -> String { "\(name):\(what):\(channel)" }

    /// FNV-1a, 32 bits.
    private static func hash(_ bytes: Substring.UTF8View) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash
    }
}
