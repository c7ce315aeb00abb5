import Courses
import EventLoop
import LiveHub
import Postgres
import Tenancy

/// The rooms that are at home on one loop.
///
/// Confined to the loop.
final class RoomShelf {
    /// What looking for a room has found.
    enum Found {
        case room(Room)
        /// The institution has no such class.
        case unknown
        /// The database cannot be asked now.
        case unavailable
    }

    /// How long an empty room is kept.
    private static let linger: Duration = .seconds(60)
    /// How often enrolments are looked at, so that a change is felt within two seconds.
    private static let sweepPeriod: Duration = .milliseconds(1500)

    let live: LiveLoop
    private let removals: RemovedMembers
    private let limits: ClassLimits
    private var rooms: [RoomKey: Room] = [:]
    private var waiting: [RoomKey: [(Found) -> Void]] = [:]
    private var isSweeping = false
    /// Whether this node hears no other for now.
    private var isBusLost = false

    init(live: LiveLoop, removals: RemovedMembers, limits: ClassLimits) {
        self.live = live
        self.limits = limits
        self.removals = removals
        tick()
        sweepLater()
    }

    /// Rooms that are loaded.
    var loaded: [Room] { Array(rooms.values) }

    /// The room when it is loaded already.
    func existing(_ key: RoomKey) -> Room? { rooms[key] }

    /// Finds a room, loading it when it is not here; all who ask meanwhile wait for one loading.
    func find(_ key: RoomKey, then: @escaping (Found) -> Void) {
        if let room = rooms[key] {
            room.touch()
            return then(.room(room))
        }
        let isFirst = waiting[key] == nil
        waiting[key, default: []].append(then)
        if isFirst { live.loop.run { await self.load(key) } }
    }

    private func load(_ key: RoomKey) async {
        let found: Found
        do {
            let rows = try await live.pool.query(
                ClassQueries.show, [.int(key.institution.rawValue), .int(key.id)], tenant: key.institution)
            if let info = try rows.first.flatMap({ row throws(PostgresError) in
                try ClassQueries.liveClass(row)
            }) {
                let room = Room(key, info, live: live, removals: removals, limits: limits)
                if await room.load() {
                    rooms[key] = room
                    room.greet(isHeld: isBusLost)
                    found = .room(room)
                } else {
                    found = .unavailable
                }
            } else {
                found = .unknown
            }
        } catch {
            found = .unavailable
        }
        for then in waiting.removeValue(forKey: key) ?? [] { then(found) }
    }

    /// Takes what a route has changed about a class.
    func didChange(_ info: LiveClass, _ key: RoomKey) { rooms[key]?.state.whole.info.rename(info) }

    /// A class was deleted: nobody stays in it.
    func didDelete(_ key: RoomKey) {
        guard let room = rooms.removeValue(forKey: key) else { return }
        for user in room.roles.keys { room.expel(user, from: ClassChannel.ofClass, reason: "deleted") }
        room.close()
    }

    // MARK: Other nodes

    /// This node hears no other any more.
    func holdPresence() {
        isBusLost = true
        for room in rooms.values { room.presence.hold() }
    }

    /// This node hears the others again.
    func resumePresence() {
        isBusLost = false
        for room in rooms.values { room.resumePresence(at: WallTime.milliseconds()) }
    }

    // MARK: Ticks

    private func tick() {
        live.loop.schedule(after: .milliseconds(Room.period)) { [weak self] in
            guard let self else { return }
            let now = WallTime.milliseconds()
            for (key, room) in rooms {
                room.tick(at: now)
                guard room.isIdle(longerThan: RoomShelf.linger) else { continue }
                room.close()
                rooms[key] = nil
            }
            tick()
        }
    }

    // MARK: Changed enrolments

    private func sweepLater() {
        live.loop.schedule(after: RoomShelf.sweepPeriod) { [weak self] in
            guard let self else { return }
            if rooms.isEmpty || isSweeping { return sweepLater() }
            isSweeping = true
            live.loop.run { await self.sweep() }
        }
    }

    private func sweep() async {
        await sweepNow()
        isSweeping = false
        sweepLater()
    }

    /// Looks at the enrolments of all rooms.
    func sweepNow() async {
        let byInstitution = Dictionary(grouping: rooms.values) { $0.key.institution }
        for (institution, rooms) in byInstitution {
            // What cannot be read now is read by the next sweep.
            do { try await sweep(rooms, of: institution) } catch { continue }
        }
    }

    /// Two statements for all rooms of an institution: whether enrolments have changed at all, and what staff, who may
    /// be staff without an enrolment, are now.
    private func sweep(_ rooms: [Room], of institution: TenantID) async throws {
        let courses = Set(rooms.map(\.state.whole.info.course)).sorted()
        let rows = try await live.pool.query(
            ClassQueries.enrollmentMarks, [.int(institution.rawValue), .intArray(courses)],
            tenant: institution)
        var marks: [Int64: String] = [:]
        for row in rows {
            let latest = try row.timestampMillisecondsOrNil(3) ?? 0
            let phases = "\(try row.int(4)) \(try row.int(5))"
            marks[try row.int(0)] = "\(try row.text(1)) \(try row.int(2)) \(latest) \(phases)"
        }
        for room in rooms {
            let mark = marks[room.state.whole.info.course] ?? "gone"
            // Also where nothing was noted before: somebody may have come, and lost their place, since the room opened.
            guard room.enrollmentMark != mark else { continue }
            room.enrollmentMark = mark
            room.roster = nil
            if await !room.recheckRoles() { room.enrollmentMark = nil }
        }
        var pairs: [CourseAccess.Pair] = []
        for room in rooms {
            let course = room.state.whole.info.course
            for (user, role) in room.roles where role == .staff {
                pairs.append(.init(course: course, user: user))
            }
        }
        guard !pairs.isEmpty else { return }
        let found = try await CourseAccess(pool: live.pool).roles(of: pairs, in: institution)
        for room in rooms {
            let course = room.state.whole.info.course
            let users = pairs.filter { $0.course == course && room.roles[$0.user] == .staff }.map(\.user)
            var now: [Int64: CourseRole] = [:]
            for user in users { now[user] = found[.init(course: course, user: user)] }
            room.apply(now, to: users)
        }
    }
}

extension LiveClass {
    /// Takes what a route may change; the phase is the log's to tell.
    mutating func rename(_ other: LiveClass) {
        title = other.title
        scheduledAt = other.scheduledAt
    }
}
