import JSON
import LiveProtocol
import DequeModule

/// The latest publications of a channel, without a hole, bounded in number and in bytes.
struct RecentPublications {
    private let maxCount: Int32
    private let maxBytes: Int32
    private var kept: Deque<ChannelPublication> = []
    private var bytes = 0

    init(maxCount: Int, maxBytes: Int) {
        self.maxCount = Int32(clamping: maxCount)
        self.maxBytes = Int32(clamping: maxBytes)
    }

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
    mutating func append(_ publication: ChannelPublication) {
        if let last = kept.last, publication.offset != last.offset + 1 {
            kept.removeAll()
            bytes = 0
        }
        kept.append(publication)
        bytes += publication.weight
        while kept.count > Int(maxCount) || (bytes > Int(maxBytes) && kept.count > 1) {
            bytes -= kept.removeFirst().weight
        }
    }

    /// Replaces the content of one kept publication (a hidden message).
    mutating func replace(offset: UInt64, with data: RawJSON) {
        guard let first = kept.first, offset >= first.offset else { return }
        let place = Int(clamping: offset - first.offset)
        guard place < kept.count else { return }
        bytes -= kept[place].weight
        var replaced = kept[place].publication
        replaced.data = .json(data)
        kept[place] = ChannelPublication(replaced)
        bytes += kept[place].weight
    }
}
