import JSON
import LiveHub

/// What nodes tell each other for their operators, as the body of a ``NodeMessage`` of kind `beat`.
///
/// What cannot be read is dropped: the next one comes in a second.
enum NodeNews: Hashable, Sendable {
    /// How the node is; `number` grows with every beat of its life, and `at` is when it was said, in milliseconds since
    /// 1970 by its clock.
    case beat(NodeBeat, number: UInt64, at: Int64)
    /// A part of its rows.
    case rows(RowPage)
    /// Another node fell silent: so one that has started since knows of it, too.
    case gone(Departed)

    /// A node that fell silent, as it was when it was last heard.
    struct Departed: Hashable, Sendable {
        let id: NodeID
        let beat: NodeBeat
        let number: UInt64
        /// How long ago it was heard, in milliseconds.
        let ago: Int
    }

    private enum Kind: String, CaseIterable { case beat, rows, gone }

    /// As other nodes read it.
    var message: NodeMessage {
        NodeMessage(
            .beat,
            RawJSON { json in
                json.object { json in
                    switch self {
                    case .beat(let beat, let number, let at):
                        json.member("kind", Kind.beat.rawValue)
                        json.member("number", number)
                        json.member("at", at)
                        beat.write(&json)
                    case .rows(let page):
                        json.member("kind", Kind.rows.rawValue)
                        page.write(&json)
                    case .gone(let node):
                        json.member("kind", Kind.gone.rawValue)
                        json.member("id", node.id.description)
                        json.member("number", node.number)
                        json.member("ago_ms", node.ago)
                        node.beat.write(&json)
                    }
                }
            })
    }

    /// Reads another node's message; `nil` for what is none, or one that only a newer version knows.
    init?(_ message: NodeMessage) {
        guard message.kind == .beat, message.body.bytes.count <= NodeMessage.longestBody,
            let value = try? JSONReader.read(message.body), let fields = try? JSONFields(value),
            let read = try? NodeNews(fields)
        else { return nil }
        self = read
    }

    private init(_ fields: JSONFields) throws(FieldError) {
        switch Kind(rawValue: try fields.string("kind", max: 16)) {
        case .beat:
            self = .beat(
                try NodeBeat(fields), number: try fields.sequence("number"),
                at: Int64(try fields.int("at", in: 0...Int(JSONFields.largestID))))
        case .rows: self = .rows(try RowPage(fields))
        case .gone:
            guard let id = NodeID(try fields.string("id", max: 16)) else {
                throw fields.error("id", .wrongKind(wanted: "a node"))
            }
            self = .gone(
                Departed(
                    id: id, beat: try NodeBeat(fields), number: try fields.sequence("number"),
                    ago: try fields.count("ago_ms")))
        case nil: throw fields.error("kind", .notOneOf(Kind.allCases.map(\.rawValue)))
        }
    }
}

// MARK: - Members that beats and rows share

extension JSONFields {
    /// A node says no more of anything: sums of them stay far from what an integer holds.
    static let mostThings = 1_000_000_000_000
    /// No rate is higher.
    static let mostPerSecond = 1e12
    /// Three years: nothing has taken longer.
    static let mostMilliseconds = 1e11

    func count(_ name: String) throws(FieldError) -> Int { try int(name, in: 0...JSONFields.mostThings) }

    func optionalCount(_ name: String) throws(FieldError) -> Int? {
        try optionalInt(name, in: 0...Int.max)
    }

    func rate(_ name: String) throws(FieldError) -> Double {
        try double(name, in: 0...JSONFields.mostPerSecond)
    }

    /// A number that grows with every message of a life, from 1.
    func sequence(_ name: String) throws(FieldError) -> UInt64 {
        UInt64(try int(name, in: 1...Int(JSONFields.largestID)))
    }

    /// `[p50, p99]`; `nil` when it is absent or `null`.
    func latency(_ name: String) throws(FieldError) -> LiveLatency? {
        guard has(name) else { return nil }
        let both = try doubles(name, in: 2...2, each: 0...JSONFields.mostMilliseconds)
        return LiveLatency(p50: both[0], p99: both[1])
    }
}

extension JSONWriter {
    /// `[p50, p99]`; `nil` leaves the member out.
    mutating func member(_ name: String, _ latency: LiveLatency?) {
        guard let latency else { return }
        array(name, of: [latency.p50, latency.p99]) { $0.double($1) }
    }
}

extension String {
    /// The text up to so many Unicode scalars.
    func firstScalars(_ count: Int) -> String {
        // A scalar takes at least one byte.
        utf8.count <= count ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}
