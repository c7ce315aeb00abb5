import LiveProtocol

/// One publication for members who want it in different manners: each variant is encoded once for each dialect that one of
/// them speaks, and the difference to the publication before is made once for all.
struct VariedPush {
    private enum Variant: Int { case plain, whole, delta }

    private let channel: String
    private let publication: Publication
    private let previous: Publication?
    private let compressor: FrameCompressor
    private var frames: [[UInt8]?]
    private var difference: [UInt8]??

    /// Prepares a publication; `previous` is the one that members who are ready have.
    init(
        _ publication: Publication, after previous: Publication?, in channel: String,
        _ compressor: FrameCompressor
    ) {
        self.compressor = compressor
        self.channel = channel
        self.publication = publication
        self.previous = previous
        frames = Array(repeating: nil, count: 3 * Dialect.count)
    }

    /// The frame for a member; `nil` when it does not want the publication.
    ///
    /// A member who takes differences is ready from then on.
    mutating func frame(_ dialect: Dialect, _ manner: inout Manner) -> [UInt8]? {
        if let filter = manner.filter, !filter.matches(publication.tags) { return nil }
        guard manner.takesDeltas else { return frame(.plain, dialect) }
        let isReady = manner.isReady
        manner.isReady = true
        return frame(isReady && delta(dialect.form) != nil ? .delta : .whole, dialect)
    }

    private mutating func delta(_ form: MessageForm) -> [UInt8]? {
        guard let previous, DeltaPublication.isPossible(publication, after: previous, form) else {
            return nil
        }
        if let difference { return difference }
        let made = DeltaPublication.difference(publication, after: previous)
        difference = .some(made)
        return made
    }

    private mutating func frame(_ variant: Variant, _ dialect: Dialect) -> [UInt8] {
        let form = dialect.form
        let place = 3 * dialect.place + variant.rawValue
        if let frame = frames[place] { return frame }
        var said = publication
        switch variant {
        case .plain: break
        case .whole: said = DeltaPublication.whole(publication, form)
        case .delta: said = DeltaPublication.delta(publication, delta(form) ?? [], form)
        }
        let frame = LiveFrame.push(Push(channel: channel, .publication(said)), dialect, compressor)
        frames[place] = frame
        return frame
    }
}
