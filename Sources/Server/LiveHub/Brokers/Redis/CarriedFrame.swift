import JSON
import LiveProtocol
import Postgres

/// What travels through a topic: a line of words, and behind it what they are about.
///
///     1 p <sender> <institution> <channel> <at> <offset> <hides>⏎<info>⏎<data>     a log or ephemeral publication
///     1 s <sender> <institution> <channel> <at> <epoch> <offset>⏎<info>⏎<data>     a stream's publication
///     1 j <sender> <institution> <channel> <at> 0 -⏎<info>⏎null                     somebody has come to a channel
///     1 l <sender> <institution> <channel> <at> 0 -⏎<info>⏎null                     somebody has left it
///     1 n <sender> <institution> <kind>⏎<body>                                    a node's message to others
///
/// `at` is when it was published, in milliseconds since 1970; `hides` are offsets joined by commas, or `-`; `info` is who
/// published it, and tags, or nothing; `data` is JSON, or a zero octet and whatever bytes are none.
struct CarriedFrame: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case publication(ChannelPublication, in: ChannelKey)
        case message(NodeMessage)
    }

    /// The version of this format; others are dropped.
    static let version = "1"
    /// A longer frame is dropped.
    static let longest = 2 << 20

    let sender: NodeID
    let content: Content
    /// When it was published, in milliseconds since 1970; 0 for a node's message.
    let at: Int64
}

/// Why a frame is not believed.
enum CarriedFrameError: String, Error, CaseIterable, Sendable {
    case tooLong = "too_long"
    case version
    /// Words are missing, or are not what they should be.
    case malformed
    /// The topic belongs to another institution, or the channel to another partition.
    case misplaced
}

// MARK: Writing

extension CarriedFrame {
    /// A log or ephemeral publication.
    static func encode(
        _ publication: ChannelPublication, in key: ChannelKey, from sender: NodeID, at: Int64
    ) -> [UInt8] {
        let hides =
            publication.hides.isEmpty ? "-" : publication.hides.map(String.init).joined(separator: ",")
        let letter =
            switch publication.notice {
            case nil: "p"
            case .join: "j"
            case .leave: "l"
            }
        let said = publication.publication
        return Array("\(head(letter, sender, key)) \(at) \(publication.offset) \(hides)".utf8)
            + tail(said.info, said.data, tags: said.tags)
    }

    /// A stream's publication up to the epoch and the offset, which Redis knows.
    static func streamHead(in key: ChannelKey, from sender: NodeID, at: Int64) -> String {
        "\(head("s", sender, key)) \(at) "
    }

    /// Everything behind the first line, with its line feed.
    static func tail(_ info: ClientInfo?, _ data: Payload, tags: [String: String] = [:]) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\n")]
        if info != nil || !tags.isEmpty { bytes += encode(info, tags) }
        bytes.append(UInt8(ascii: "\n"))
        if case .binary = data { bytes.append(0) }
        bytes += data.bytes
        return bytes
    }

    /// A node's message to others.
    static func encode(_ message: NodeMessage, to topic: Topic, from sender: NodeID) -> [UInt8] {
        Array("\(version) n \(sender) \(topic.institution.rawValue) \(message.kind.rawValue)\n".utf8)
            + message.body.bytes
    }

    private static func head(_ letter: String, _ sender: NodeID, _ key: ChannelKey) -> String {
        "\(version) \(letter) \(sender) \(key.institution.rawValue) \(key.name)"
    }

    private static func encode(_ info: ClientInfo?, _ tags: [String: String]) -> [UInt8] {
        RawJSON { json in
            json.object { json in
                if let info {
                    json.member("user", info.user)
                    json.member("client", info.client)
                    if let data = info.connectionInfo { json.member("conn_info", data) }
                    if let data = info.channelInfo { json.member("chan_info", data) }
                }
                guard !tags.isEmpty else { return }
                json.object("tags") { json in
                    for (name, value) in tags.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
                }
            }
        }.bytes
    }
}

// MARK: Reading

extension CarriedFrame {
    /// Reads a frame that came on `topic`.
    init(_ bytes: [UInt8], on topic: Topic) throws(CarriedFrameError) {
        guard bytes.count <= CarriedFrame.longest else { throw .tooLong }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, lines[0].count <= 1 << 16 else { throw .malformed }
        let words = String(decoding: lines[0], as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        guard words.first.map(String.init) == CarriedFrame.version else { throw .version }
        guard words.count >= 5, let sender = NodeID(words[2]), let institution = Int64(words[3]) else {
            throw .malformed
        }
        guard institution == topic.institution.rawValue else { throw .misplaced }
        self.sender = sender
        if words[1] == "n" {
            guard words.count == 5, let kind = NodeMessage.Kind(rawValue: String(words[4])),
                lines[1].count <= NodeMessage.longestBody,
                let body = try? RawJSON(validating: Array(lines[1]))
            else { throw .malformed }
            content = .message(NodeMessage(kind, body))
            at = 0
            return
        }
        guard words.count == 8, let at = Int64(words[5]) else { throw .malformed }
        let key = ChannelKey(institution: topic.institution, name: String(words[4]))
        guard Topic(of: key) == topic, (try? ChannelName(key.name)) != nil else { throw .misplaced }
        let (info, tags, data) = try CarriedFrame.body(lines[1])
        self.at = at
        switch words[1] {
        case "p":
            guard let offset = UInt64(words[6]), let hides = CarriedFrame.hides(words[7]) else {
                throw .malformed
            }
            content = .publication(
                ChannelPublication(
                    Publication(data: data, offset: offset, info: info, tags: tags), hides: hides), in: key)
        case "j", "l":
            guard let info else { throw .malformed }
            content = .publication(ChannelPublication(words[1] == "j" ? .join : .leave, info), in: key)
        case "s":
            guard let offset = UInt64(words[7]), offset > 0, !words[6].isEmpty else { throw .malformed }
            content = .publication(
                ChannelPublication(
                    Publication(data: data, offset: offset, info: info, tags: tags),
                    epoch: String(words[6])), in: key)
        default: throw .malformed
        }
    }

    /// Reads `info` and `data`, as a stream keeps them; without the first line feed.
    static func body(
        _ bytes: ArraySlice<UInt8>
    ) throws(CarriedFrameError) -> (info: ClientInfo?, tags: [String: String], data: Payload) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let data = payload(parts[1]) else { throw .malformed }
        guard !parts[0].isEmpty else { return (nil, [:], data) }
        guard let value = try? JSONReader.read(Array(parts[0])), let about = value.object else {
            throw .malformed
        }
        var tags: [String: String] = [:]
        for tag in value["tags"]?.object?.members ?? [] { tags[tag.name] = tag.value.string ?? "" }
        let info = info(value)
        guard info != nil || (about["user"] == nil && !tags.isEmpty) else { throw .malformed }
        return (info, tags, data)
    }

    private static func payload(_ bytes: ArraySlice<UInt8>) -> Payload? {
        if bytes.first == 0 { return .binary(Array(bytes.dropFirst())) }
        return (try? RawJSON(validating: Array(bytes))).map { .json($0) }
    }

    private static func hides(_ text: Substring) -> [UInt64]? {
        if text == "-" { return [] }
        let offsets = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt64($0) }
        let known = offsets.compactMap { $0 }
        return known.count == offsets.count ? known : nil
    }

    private static func info(_ value: JSONValue) -> ClientInfo? {
        guard let user = value["user"]?.string, let client = value["client"]?.string else { return nil }
        return ClientInfo(
            user: user, client: client, connectionInfo: value["conn_info"].map { RawJSON($0) },
            channelInfo: value["chan_info"].map { RawJSON($0) })
    }
}
