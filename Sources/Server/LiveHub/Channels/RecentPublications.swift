import JSON
import LiveProtocol
import DequeModule

/// The latest publications of a channel, without a hole, bounded in number and in bytes.
///
/// The bounds are the loop's, and handed in: there is one of these for each of very many channels.
struct RecentPublications {
    /// How much is kept.
    struct Bounds {
        let count: Int
        /// One publication is kept however large it is.
        let bytes: Int
    }

    private var kept: Deque<ChannelPublication> = []
    private var bytes: Int32 = 0

    /// Whether everything after `offset`, up to the channel's newest offset `top`, is here.
    func covers(after offset: UInt64, top: UInt64) -> Bool {
        if offset >= top { return true }
        guard let first = kept.first, let last = kept.last else { return false }
        return first.offset <= offset + 1 && last.offset == top
    }

    /// The newest one that is kept.
    var newest: Publication? { kept.last?.publication }

    /// Everything kept after `offset`, in order.
    func after(_ offset: UInt64) -> Deque<ChannelPublication>.SubSequence {
        guard let first = kept.first, offset >= first.offset else { return kept[...] }
        let skip = Int(clamping: offset - first.offset + 1)
        return kept.dropFirst(skip)
    }

    /// Adds the next publication; one that does not follow on starts the run anew.
    mutating func append(_ publication: ChannelPublication, within bounds: Bounds) {
        if let last = kept.last, publication.offset != last.offset + 1 {
            kept.removeAll()
            bytes = 0
        }
        kept.append(publication)
        bytes += Int32(clamping: publication.weight)
        while kept.count > bounds.count || (bytes > bounds.bytes && kept.count > 1) {
            bytes -= Int32(clamping: kept.removeFirst().weight)
        }
    }

    /// Replaces the content of one kept publication (a hidden message).
    mutating func replace(offset: UInt64, with data: RawJSON) {
        guard let first = kept.first, offset >= first.offset else { return }
        let place = Int(clamping: offset - first.offset)
        guard place < kept.count else { return }
        bytes -= Int32(clamping: kept[place].weight)
        var replaced = kept[place].publication
        replaced.data = .json(data)
        kept[place] = ChannelPublication(replaced)
        bytes += Int32(clamping: kept[place].weight)
    }
}
