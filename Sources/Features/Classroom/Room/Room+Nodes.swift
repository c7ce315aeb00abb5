import EventLoop
import LiveHub

/// What a room tells the rooms of the same class on other nodes, and what it hears of them.
extension Room {
    /// Nobody is there yet.
    static func nobody(_ bus: any NodeBus) -> ClusterPresence {
        ClusterPresence(
            node: bus.node, isAlone: bus.isAlone,
            version: UInt64(max(1, MonotonicTime.nanoseconds() / 1_000_000)), at: WallTime.milliseconds())
    }

    /// Asks who is elsewhere; once, when the room is loaded.
    func greet(isHeld: Bool) {
        presence = Room.nobody(hub.bus)
        if isHeld { presence.hold() }
        tell(presence.tick(at: WallTime.milliseconds()))
    }

    func tell(_ messages: [PresenceMessage]) {
        for message in messages {
            hub.bus.tell(NodeMessage(.presence, message.body(of: key)), to: .followers(of: channel(.class)))
        }
    }

    /// Takes what another node has told.
    func take(_ message: PresenceMessage, from sender: NodeID) {
        switch message {
        case .askTrips(let question, let nodes, let users):
            guard nodes.contains(hub.bus.node), tripAnswers.take(at: WallTime.milliseconds()) == nil else {
                return
            }
            live.loop.run { await self.answerTrips(question, of: users, to: sender) }
        case .trips(let question, let node, let times):
            guard node == hub.bus.node, trips.take(times, to: question, from: sender) else { return }
            endTrips(question)
        default: tell(presence.take(message, from: sender, at: WallTime.milliseconds()))
        }
    }

    /// The others are heard again.
    func resumePresence(at now: Int64) {
        presence.resume(at: now)
        tell(presence.tick(at: now))
    }

    // MARK: Round trips

    /// How long the way to some users' browsers and back takes, in milliseconds; of several connections the fastest, on
    /// whatever node.
    func roundTrips(of users: [Int64]) async -> [Int64: Int] {
        let elsewhere = await roundTripsElsewhere(of: users)
        return await roundTripsHere(of: Set(users)).merging(elsewhere, uniquingKeysWith: min)
    }

    private func roundTripsHere(of users: Set<Int64>) async -> [Int64: Int] {
        let channel = channel(.class)
        return await withCheckedContinuation { continuation in
            hub.gather(on: live.loop) {
                $0.roundTrips(in: channel, of: users)
            } then: { shares in
                let all = shares.reduce(into: [Int64: Int]()) { $0.merge($1, uniquingKeysWith: min) }
                continuation.resume(returning: all)
            }
        }
    }

    /// Asks the nodes that some of the users are on; who does not answer in time is done without.
    private func roundTripsElsewhere(of users: [Int64]) async -> [Int64: Int] {
        let nodes = presence.nodes(of: users)
        guard phase == .ready, users.count <= PresenceMessage.mostTrips, let question = trips.ask(nodes)
        else {
            return [:]
        }
        tell([.askTrips(question: question, of: nodes, users: users)])
        let timer = live.loop.schedule(after: .milliseconds(TripQuestions.patience)) { [weak self] in
            self?.endTrips(question)
        }
        await withCheckedContinuation { continuation in
            tripWaiters[question] = { continuation.resume() }
        }
        timer.cancel()
        return trips.close(question)
    }

    /// Lets go on who waits for the answers.
    func endTrips(_ question: UInt64) { tripWaiters.removeValue(forKey: question)?() }

    private func answerTrips(_ question: UInt64, of users: [Int64], to node: NodeID) async {
        tell([.trips(question: question, to: node, times: await roundTripsHere(of: Set(users)))])
    }
}
