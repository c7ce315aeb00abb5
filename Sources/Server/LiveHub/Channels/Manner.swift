import LiveProtocol

/// How one member wants a channel's publications, where it differs from what everybody gets.
struct Manner: Sendable {
    /// Publications may come as differences.
    var takesDeltas = false
    /// It has the publication before the next one, so that the next may be a difference.
    var isReady = false
    /// It is told who comes and leaves, where only those are told who ask.
    var hearsJoins = false
    /// Which publications it wants; `nil` for all.
    var filter: TagsFilter?

    /// Whether it differs at all.
    var isSpecial: Bool { takesDeltas || hearsJoins || filter != nil }
}
