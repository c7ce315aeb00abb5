import EventLoop
import LiveProtocol

/// The sessions that receive a channel on one loop, each at a place, and how they want it.
///
/// Most channels are a user's own: a single session that wants what everybody gets costs nothing besides.
struct ChannelMembers {
    private final class Crowd {
        var sessions: [LiveSession]
        /// Beside `sessions`, place by place, how they want publications; empty while all want them as they are.
        var manners: [Manner] = []
        /// How many of them speak another dialect than the plain one.
        var others: Int

        init(_ sessions: [LiveSession]) {
            self.sessions = sessions
            others = sessions.count { $0.dialect != .plain }
        }
    }

    private enum Kind {
        case nobody
        case one(LiveSession)
        case crowd(Crowd)
    }

    private var kind = Kind.nobody

    var isEmpty: Bool {
        if case .nobody = kind { return true }
        return false
    }

    var count: Int {
        switch kind {
        case .nobody: 0
        case .one: 1
        case .crowd(let crowd): crowd.sessions.count
        }
    }

    /// All of them, in the order of their places.
    var sessions: [LiveSession] {
        switch kind {
        case .nobody: []
        case .one(let session): [session]
        case .crowd(let crowd): crowd.sessions
        }
    }

    /// Whether somebody wants publications otherwise than they are.
    var isSpecial: Bool {
        guard case .crowd(let crowd) = kind else { return false }
        return !crowd.manners.isEmpty
    }

    /// Adds a session; returns its place.
    mutating func add(_ session: LiveSession, _ manner: Manner) -> Int {
        if isEmpty, !manner.isSpecial {
            kind = .one(session)
            return 0
        }
        let crowd: Crowd
        if case .crowd(let known) = kind {
            crowd = known
        } else {
            crowd = Crowd(sessions)
            kind = .crowd(crowd)
        }
        if manner.isSpecial || !crowd.manners.isEmpty {
            if crowd.manners.isEmpty { crowd.manners = crowd.sessions.map { _ in Manner() } }
            crowd.manners.append(manner)
        }
        crowd.sessions.append(session)
        if session.dialect != .plain { crowd.others += 1 }
        return crowd.sessions.count - 1
    }

    /// Takes the member at `place` out; returns the one that has moved there, the last one until now, if there is one.
    mutating func remove(at place: Int) -> LiveSession? {
        guard case .crowd(let crowd) = kind else {
            kind = .nobody
            return nil
        }
        if crowd.sessions[place].dialect != .plain { crowd.others -= 1 }
        crowd.sessions.swapAt(place, crowd.sessions.count - 1)
        crowd.sessions.removeLast()
        if !crowd.manners.isEmpty {
            crowd.manners.swapAt(place, crowd.manners.count - 1)
            if crowd.manners.removeLast().isSpecial, !crowd.manners.contains(where: \.isSpecial) {
                crowd.manners = []
            }
        }
        let moved = place < crowd.sessions.count ? crowd.sessions[place] : nil
        if crowd.manners.isEmpty, crowd.sessions.count < 2 {
            kind = crowd.sessions.first.map { .one($0) } ?? .nobody
        }
        return moved
    }

    // MARK: Telling

    /// Gives every member its frame of a publication, which is encoded once for each dialect and each manner that is here.
    ///
    /// Whoever leaves meanwhile changes nothing for the others.
    ///
    /// - Parameters:
    ///   - publication: What is said.
    ///   - previous: What was said before, for those who take differences.
    ///   - channel: The channel's name.
    ///   - compressor: Makes short frames for those who take them.
    ///   - give: Hands a frame to a session.
    /// - Returns: How many were given one.
    func handOut(
        _ publication: Publication, after previous: Publication?, in channel: String,
        _ compressor: FrameCompressor, _ give: (LiveSession, [UInt8]) -> Void
    ) -> Int {
        guard case .crowd(let crowd) = kind, !crowd.manners.isEmpty else {
            let push = Push(channel: channel, .publication(publication))
            return handOut(push, compressor, give)
        }
        var push = VariedPush(publication, after: previous, in: channel, compressor)
        // Whoever is too slow leaves meanwhile, and others take the place.
        var given: [(LiveSession, [UInt8])] = []
        given.reserveCapacity(crowd.sessions.count)
        for place in crowd.sessions.indices {
            if let frame = push.frame(crowd.sessions[place].dialect, &crowd.manners[place]) {
                given.append((crowd.sessions[place], frame))
            }
        }
        for (session, frame) in given { give(session, frame) }
        return given.count
    }

    /// Gives everyone the same push.
    private func handOut(
        _ push: Push, _ compressor: FrameCompressor, _ give: (LiveSession, [UInt8]) -> Void
    ) -> Int {
        switch kind {
        case .nobody: return 0
        case .one(let session):
            give(session, LiveFrame.push(push, session.dialect, compressor))
            return 1
        case .crowd(let crowd):
            let sessions = crowd.sessions
            if crowd.others == 0 {
                let frame = LiveFrame.push(push)
                sessions.forEachFetchingAhead { give($0, frame) }
            } else {
                var shared = SharedPush(push, compressor)
                for session in sessions { give(session, shared.frame(session.dialect)) }
            }
            return sessions.count
        }
    }

    /// Tells all that somebody has come or left, or only those who want to hear of it; a slow reader may miss it.
    func tell(_ push: Push, all isToldToAll: Bool, _ compressor: FrameCompressor) {
        var manners: [Manner] = []
        if case .crowd(let crowd) = kind { manners = crowd.manners }
        guard isToldToAll || !manners.isEmpty else { return }
        var shared = SharedPush(push, compressor)
        for (place, session) in sessions.enumerated() where isToldToAll || manners[place].hearsJoins {
            session.deliverEphemeral(shared.frame(session.dialect))
        }
    }
}
