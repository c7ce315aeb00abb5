package import Assessment
package import EventLoop
import JSON
package import LiveHub
import LiveProtocol
import Postgres
import Synchronization
import Telemetry

/// Live classes on one node: what the live layer asks of them, and the rooms behind it.
///
/// Every class has one room per node, at home on one loop; whoever calls from another loop goes there and comes back.
package final class ClassroomFeature: Sendable {
    private let loops: EventLoopGroup
    private let intake: AnswerIntake
    private let classLimits: ClassLimits
    let removals = RemovedMembers()

    private struct Parts {
        var shelves: [Int: LoopBound<RoomShelf>] = [:]
        var hub: LiveHub?
    }
    private let parts = Mutex(Parts())

    /// Makes the feature; ``open(on:)`` gives it its loops.
    package init(loops: EventLoopGroup, intake: AnswerIntake, limits: ClassLimits = ClassLimits()) {
        self.loops = loops
        classLimits = limits
        self.intake = intake
    }

    /// Makes the loop's share; called on each loop once, before it serves.
    package func open(on live: LiveLoop) {
        let shelf = LoopBound(RoomShelf(live: live, removals: removals, limits: classLimits), loop: live.loop)
        let isFirst = parts.withLock { parts in
            parts.shelves[live.loop.index] = shelf
            defer { parts.hub = live.hub }
            return parts.hub == nil
        }
        if isFirst { intake.observe { [weak self] in self?.didRecord($0) } }
        live.hub.bus.listen(to: .presence, on: live.loop) { [weak self] message, sender in
            self?.hear(message, from: sender, on: live)
        }
    }

    // MARK: Other nodes

    /// Takes what another node says of who is in a class; on each loop, of which one has the class.
    private func hear(_ message: NodeMessage, from sender: NodeID, on live: LiveLoop) {
        guard let key = PresenceMessage.room(message.body) else {
            if live.loop === loops.loops[0] { live.hub.malformedNodeMessages.add() }
            return
        }
        guard loops.loop(for: key.id) === live.loop, let room = shelf(for: key.id).value.existing(key) else {
            return
        }
        guard let told = PresenceMessage(message.body) else { return live.hub.malformedNodeMessages.add() }
        room.take(told, from: sender)
    }

    /// This node hears no other any more: who is elsewhere stays as it is known; from any thread.
    package func busDidLose() { onEveryShelf { $0.holdPresence() } }

    /// This node hears the others again, or may have missed something: every room asks them; from any thread.
    package func busDidResume() { onEveryShelf { $0.resumePresence() } }

    private func onEveryShelf(_ work: @escaping @Sendable (RoomShelf) -> Void) {
        for shelf in parts.withLock({ Array($0.shelves.values) }) {
            shelf.loop.execute { work(shelf.value) }
        }
    }

    // MARK: Rooms

    private func shelf(for id: Int64) -> LoopBound<RoomShelf> {
        let loop = loops.loop(for: id)
        guard let shelf = parts.withLock({ $0.shelves[loop.index] }) else {
            preconditionFailure("the classes have no share of loop \(loop.index) yet")
        }
        return shelf
    }

    /// Does something with a room, on the room's loop; from any loop.
    func withRoom(_ key: RoomKey, _ work: @escaping @Sendable (RoomShelf.Found) -> Void) {
        let shelf = shelf(for: key.id)
        shelf.loop.execute { shelf.value.find(key) { work($0) } }
    }

    /// Does something with the shelf that a class belongs on; from any loop.
    func withShelf(_ id: Int64, _ work: @escaping @Sendable (RoomShelf) -> Void) {
        let shelf = shelf(for: id)
        shelf.loop.execute { work(shelf.value) }
    }

    /// Carries out a call in its room; from any loop.
    func perform(_ request: ClassRequest, in institution: TenantID, _ call: RoomCall) {
        withRoom(RoomKey(institution: institution, id: request.id)) { found in
            switch found {
            case .room(let room): room.perform(request, call)
            case .unknown: call.deny()
            case .unavailable: call.fail()
            }
        }
    }

    // MARK: Answers

    /// Hands an answer to the one intake of the node; it does not pass through the room.
    private func answer(
        _ request: ClassRequest, _ run: Int64, _ fields: JSONFields, _ call: LiveCall, user: Int64
    ) {
        let key = RoomKey(institution: call.caller.institution, id: request.id)
        ifNotRemoved(user, key, loop: call.loop.loop) { [self] mayAnswer in
            guard mayAnswer else { return call.reply(.error(ProtocolError(.permissionDenied))) }
            record(request, run, fields, call, user: user)
        }
    }

    /// Tells whether a user may still answer in a class; on `loop`, and at once when the class is loaded.
    ///
    /// A class that is not here is loaded first: only its log knows who was removed. Where that fails the answer is let
    /// through; it is worth more than the removal.
    private func ifNotRemoved(
        _ user: Int64, _ key: RoomKey, loop: EventLoop, then: @escaping (Bool) -> Void
    ) {
        if removals.knows(key) { return then(!removals.contains(user, in: key)) }
        let then = LoopBound(then, loop: loop)
        withRoom(key) { [removals] _ in
            let mayAnswer = !removals.contains(user, in: key)
            loop.execute { then.value(mayAnswer) }
        }
    }

    /// As ``ifNotRemoved(_:_:loop:then:)``, for routes.
    func mayAnswer(_ user: Int64, in key: RoomKey, loop: EventLoop) async -> Bool {
        await withCheckedContinuation { continuation in
            ifNotRemoved(user, key, loop: loop) { continuation.resume(returning: $0) }
        }
    }

    private func record(
        _ request: ClassRequest, _ run: Int64, _ fields: JSONFields, _ call: LiveCall, user: Int64
    ) {
        let institution = call.caller.institution
        do {
            let submission = try AnswerSubmission(
                fields, run: run, key: request.key, liveClass: request.id, user: user,
                institution: institution,
                receivedAt: call.receivedAt)
            intake.record(submission, loop: call.loop.loop) { outcome in
                if case .unavailable(let retryAfter) = outcome {
                    let refusal = Refusal(.unavailable, retryAfterMilliseconds: Int64(retryAfter))
                    return call.reply(.result(CallResult.refused(refusal, at: WallTime.milliseconds())))
                }
                call.reply(.result(outcome.result ?? .emptyObject))
            }
        } catch {
            call.reply(.error(.badRequest(error.message)))
        }
    }

    /// Tells rooms and users of what was recorded; on the intake's loop.
    private func didRecord(_ answers: [RecordedAnswer]) {
        guard let hub = parts.withLock({ $0.hub }) else { return }
        var counts: [RoomKey: Int] = [:]
        for answer in answers {
            let identity = answer.submission
            let key = RoomKey(institution: identity.institution, id: identity.liveClass)
            counts[key, default: 0] += answer.isNew ? 1 : 0
            let event = EventBody.ephemeral("quiz.recorded", at: answer.at) { json in
                json.member("class", identity.liveClass)
                json.member("run", identity.run)
                json.member("answer", answer.answer)
                json.member("sequence", answer.sequence)
            }
            hub.publishEphemeral(
                event, to: ClassChannel.personal.key(identity.user, in: identity.institution))
        }
        for (key, count) in counts {
            withShelf(key.id) { $0.existing(key)?.didRecord(count) }
        }
    }

    // MARK: Watching

    /// What every loaded class is like, on all loops; `then` is called on `loop`.
    package func statistics(on loop: EventLoop, then: @escaping ([ClassStatistics]) -> Void) {
        let shelves = parts.withLock { Array($0.shelves.values) }
        let gathering = LoopBound(Gathering(expected: shelves.count, then: then), loop: loop)
        for shelf in shelves {
            shelf.loop.execute {
                let second = Room.second
                let found = shelf.value.loaded.map { $0.statistics(at: second) }
                loop.execute { gathering.value.add(found) }
            }
        }
    }

    /// What every loaded class is like; called on `loop`.
    package func statistics(on loop: EventLoop) async -> [ClassStatistics] {
        await withCheckedContinuation { continuation in
            statistics(on: loop) { continuation.resume(returning: $0) }
        }
    }
}

extension Room {
    func statistics(at second: Int64) -> ClassStatistics {
        meter.statistics(of: state.whole.info, in: key.institution, presence: presence.people, at: second)
    }
}

/// Collects one share from each loop.
///
/// Confined to the loop that asked.
private final class Gathering {
    private let expected: Int
    private let then: ([ClassStatistics]) -> Void
    private var shares: [[ClassStatistics]] = []

    init(expected: Int, then: @escaping ([ClassStatistics]) -> Void) {
        self.expected = expected
        self.then = then
        if expected == 0 { then([]) }
    }

    func add(_ share: [ClassStatistics]) {
        shares.append(share)
        if shares.count == expected { then(shares.flatMap { $0 }) }
    }
}

extension ClassroomFeature: LiveFeature {
    package var namespaces: [Namespace] {
        ClassChannel.allCases.map {
            Namespace(name: $0.rawValue, kind: .log, allowsPresence: $0 != .personal)
        }
    }

    package var methods: [String: LiveMethod] {
        Dictionary(
            uniqueKeysWithValues: ClassMethod.allCases.map { method in
                (method.rawValue, { @Sendable call in self.take(method, call) })
            })
    }

    /// An answer is small, counts once, and must not be lost because a class is loud.
    package var unsharedMethods: [String] { [ClassMethod.answer.rawValue] }

    package var limits: [LiveLimit] { ClassLimitNames.all }

    package var signals: [String: LiveSignal] {
        Dictionary(
            uniqueKeysWithValues: ClassSignal.allCases.map { signal in
                (signal.rawValue, { @Sendable call in self.take(signal, call) })
            })
    }

    private func take(_ method: ClassMethod, _ call: LiveCall) {
        guard let user = call.caller.user, let room = RoomCall(call) else {
            return call.reply(.error(ProtocolError(.permissionDenied)))
        }
        do {
            let request = try ClassRequest(method, try JSONReader.read(call.data))
            if case .answer(let run, let fields) = request.command {
                answer(request, run, fields, call, user: user)
            } else {
                perform(request, in: call.caller.institution, room)
            }
        } catch let error as FieldError {
            call.reply(.error(.badRequest(error.message)))
        } catch let error as JSONError {
            call.reply(.error(.badRequest(error.message)))
        } catch {
            call.reply(.error(ProtocolError(.badRequest)))
        }
    }

    private func take(_ signal: ClassSignal, _ call: LiveCall) {
        guard let user = call.caller.user, let value = try? JSONReader.read(call.data),
            let request = try? SignalRequest(signal, value)
        else { return }
        let key = RoomKey(institution: call.caller.institution, id: request.id)
        let (name, now) = (call.caller.name, call.receivedAt)
        withShelf(key.id) { $0.existing(key)?.take(request, user: user, name: name, at: now) }
    }

    package func admit(
        _ caller: LiveCaller, to channel: ChannelKey, loop: LiveLoop, then: @escaping (Admission) -> Void
    ) {
        guard let (kind, id) = ClassChannel.read(channel.name), let user = caller.user else {
            return then(.refused(ProtocolError(.permissionDenied)))
        }
        if kind == .personal {
            let isOwn = ClassroomPermissions.mayFollow(personalOf: id, user: user)
            return then(isOwn ? .granted(.init()) : .refused(ProtocolError(.permissionDenied)))
        }
        let reply = LoopBound(then, loop: loop.loop)
        let name = caller.name
        withRoom(RoomKey(institution: channel.institution, id: id)) { found in
            switch found {
            case .room(let room):
                room.admit(user, name, to: kind) { admission in reply.loop.execute { reply.value(admission) }
                }
            case .unknown: reply.loop.execute { reply.value(.refused(ProtocolError(.permissionDenied))) }
            case .unavailable: reply.loop.execute { reply.value(.refused(ProtocolError(.internal))) }
            }
        }
    }

    package func snapshot(of channel: ChannelKey, loop: LiveLoop, then: @escaping (ChannelSnapshot?) -> Void)
    {
        guard let (kind, id) = ClassChannel.read(channel.name), kind != .personal else { return then(nil) }
        let reply = LoopBound(then, loop: loop.loop)
        withRoom(RoomKey(institution: channel.institution, id: id)) { found in
            var made: ChannelSnapshot?
            if case .room(let room) = found { made = room.snapshot(kind) }
            let snapshot = made
            reply.loop.execute { reply.value(snapshot) }
        }
    }

    package func didJoin(
        _ caller: LiveCaller, client: ClientID, channel: ChannelKey, isReturning: Bool, loop: LiveLoop
    ) {
        guard let (kind, key, user) = place(caller, channel) else { return }
        let name = caller.name
        withRoom(key) { found in
            guard case .room(let room) = found else { return }
            room.didJoin(user, name: name, channel: kind, isReturning: isReturning)
        }
    }

    package func didLeave(_ caller: LiveCaller, client: ClientID, channel: ChannelKey, loop: LiveLoop) {
        guard let (kind, key, user) = place(caller, channel) else { return }
        withRoom(key) { found in
            if case .room(let room) = found { room.didLeave(user, channel: kind) }
        }
    }

    /// Where somebody came or left, when that counts: on the channels that presence is made of.
    private func place(_ caller: LiveCaller, _ channel: ChannelKey) -> (ClassChannel, RoomKey, Int64)? {
        guard let (kind, id) = ClassChannel.read(channel.name), kind == .class || kind == .staff,
            let user = caller.user
        else { return nil }
        return (kind, RoomKey(institution: channel.institution, id: id), user)
    }
}
