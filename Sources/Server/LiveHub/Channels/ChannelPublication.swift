import JSON
package import LiveProtocol

/// One thing said in a channel, or the word that somebody has come or left, on its way from the log or the broker to every subscriber.
package struct ChannelPublication: Sendable, Hashable {
    /// What subscribers receive; its offset is the place in the channel's order, from 1, or 0 for ephemeral ones.
    package let publication: Publication
    /// Earlier offsets that this one hides from history.
    package let hides: [UInt64]
    /// Which life of a stream the offset counts in; `nil` for what is no stream's.
    package let epoch: String?
    /// When it was handed to the broker, in nanoseconds of the monotonic clock; 0 when it was read from history.
    package let publishedAt: Int64
    /// For the word that the publication's `info` has come or left; `nil` for what is said.
    package let notice: Notice?

    /// Who came or left.
    package enum Notice: UInt8, Sendable, Hashable { case join, leave }

    /// Makes the word that somebody has come or left.
    package init(_ notice: Notice, _ info: ClientInfo) {
        publication = Publication(data: RawJSON.null, info: info)
        (hides, epoch, publishedAt) = ([], nil, 0)
        self.notice = notice
    }

    /// Makes a publication on its way.
    package init(
        _ publication: Publication, hides: [UInt64] = [], epoch: String? = nil, publishedAt: Int64 = 0
    ) {
        self.publication = publication
        self.hides = hides
        self.epoch = epoch
        self.publishedAt = publishedAt
        notice = nil
    }

    /// The place in the channel's order; 0 for an ephemeral one.
    package var offset: UInt64 { publication.offset }

    /// Whether it has no place in the order and may be dropped.
    package var isEphemeral: Bool { publication.offset == 0 }

    /// About how many bytes it holds, for budgets.
    var weight: Int { publication.data.bytes.count + 96 }
}

extension [ChannelPublication] {
    /// The first ones, as many as `bytes` hold, and always one.
    func prefix(bytes: Int) -> ArraySlice<ChannelPublication> {
        var left = bytes
        let end = indices.first { place in
            left -= self[place].weight
            return left < 0 && place > 0
        }
        return self[..<(end ?? count)]
    }
}
