import Courses
import EventLoop
import LiveHub
import LiveProtocol
import Postgres
import Tenancy

/// What is known of a user's standing in the class's course.
enum RoleAnswer {
    case role(CourseRole?)
    /// The database cannot be asked now.
    case unavailable
}

/// Who takes part, in which role, and who is let in.
extension Room {
    /// Users in one statement.
    private static let mostAsked = 5_000

    /// Finds a user's standing; all who ask in one moment share one statement.
    func role(of user: Int64, then: @escaping (RoleAnswer) -> Void) {
        touch()
        if let role = roles[user] { return then(.role(role)) }
        askedRoles[user, default: []].append(then)
        guard !isAskingRoles else { return }
        isAskingRoles = true
        live.loop.atRoundEnd(self)
    }

    /// Finds a user as a member; `nil` for one who takes no part or was removed.
    func member(_ user: Int64, _ name: String, then: @escaping (ClassMember?, _ isKnown: Bool) -> Void) {
        role(of: user) { answer in
            switch answer {
            case .unavailable: then(nil, false)
            case .role(let role):
                guard let role = role.flatMap(ClassMember.Role.init), !self.state.whole.removed.contains(user)
                else {
                    return then(nil, true)
                }
                then(ClassMember(id: user, name: name, role: role), true)
            }
        }
    }

    private func askRoles() async {
        let asked = askedRoles
        askedRoles = [:]
        let users = Array(asked.keys)
        for start in stride(from: 0, to: users.count, by: Room.mostAsked) {
            let some = users[start..<min(start + Room.mostAsked, users.count)]
            let mark = enrollmentMark
            let found = await readRoles(Array(some))
            // A change that was noticed meanwhile may be newer than what was read: the next sweep reads all again.
            if enrollmentMark != mark { enrollmentMark = nil }
            for user in some {
                let answer: RoleAnswer = found.map { .role($0[user]) } ?? .unavailable
                if case .role(let role?) = answer { roles[user] = role }
                for then in asked[user] ?? [] { then(answer) }
            }
        }
        if askedRoles.isEmpty {
            isAskingRoles = false
        } else {
            live.loop.atRoundEnd(self)
        }
    }

    /// The standing of those who have one; `nil` when the database cannot be asked.
    private func readRoles(_ users: [Int64]) async -> [Int64: CourseRole]? {
        let course = state.whole.info.course
        let pairs = users.map { CourseAccess.Pair(course: course, user: $0) }
        do {
            let found = try await CourseAccess(pool: live.pool).roles(of: pairs, in: key.institution)
            return Dictionary(found.map { ($0.key.user, $0.value) }) { first, _ in first }
        } catch {
            return nil
        }
    }

    // MARK: Letting in

    /// Whether a user may subscribe to a channel of the class.
    func admit(_ user: Int64, _ name: String, to channel: ClassChannel, then: @escaping (Admission) -> Void) {
        member(user, name) { member, isKnown in
            guard let member else {
                return then(.refused(ProtocolError(isKnown ? .permissionDenied : .internal)))
            }
            guard let granted = ClassroomPermissions.subscription(channel, member.role), self.comesIn(member)
            else { return then(.refused(ProtocolError(.permissionDenied))) }
            then(
                .granted(
                    .init(
                        snapshot: granted.hasSnapshot, presence: granted.hasPresence, group: self.party,
                        hasPriority: member.isStaff)))
        }
    }

    /// Whether the door is open to a member; who has come in once is let in again.
    ///
    /// It closes to nobody once the class has ended: what was said is there to be read.
    func comesIn(_ member: ClassMember) -> Bool {
        guard
            !state.whole.locks.joining || state.whole.phase == .ended || member.isStaff
                || known.contains(member.id)
                || WallTime.milliseconds() < reunionEndsAt
        else { return false }
        known.insert(member.id)
        return true
    }

    // MARK: Changed enrolments

    /// Reads everybody's standing anew, and turns out who has none any more; `false` when the database cannot be asked.
    func recheckRoles() async -> Bool {
        let users = Array(roles.keys)
        guard !users.isEmpty else { return true }
        guard let found = await readRoles(users) else { return false }
        apply(found, to: users)
        return true
    }

    /// Takes the present standing of some users.
    func apply(_ found: [Int64: CourseRole], to users: [Int64]) {
        for user in users {
            let before = roles[user].flatMap(ClassMember.Role.init)
            let now = found[user].flatMap(ClassMember.Role.init)
            roles[user] = found[user]
            guard before != now else { continue }
            if now == nil {
                known.remove(user)
                expel(user, from: ClassChannel.ofClass, reason: "not enrolled")
            } else if before == .instructor {
                expel(user, from: [.staff], reason: "not an instructor")
            }
        }
    }

    // MARK: The roster

    /// Everybody who is enrolled, at most this old.
    private static let rosterAge: Int64 = 3_000

    /// The roster; `nil` when the database cannot be asked.
    func readRoster() async -> MemberList? {
        let now = WallTime.milliseconds()
        if let roster, roster.readAt + Room.rosterAge > now { return roster.list }
        do {
            let entries = try await Roster(pool: live.pool)
                .entries(course: state.whole.info.course, in: key.institution)
            let rows = entries.compactMap { entry in
                ClassMember.Role(entry.role).map {
                    MemberList.Row(id: entry.user, name: entry.name, role: $0)
                }
            }
            let list = MemberList(rows)
            roster = (list, now)
            return list
        } catch {
            return nil
        }
    }
}

extension Room: RoundEndWork {
    func roundDidEnd() { live.loop.run { await self.askRoles() } }
}

extension ClassMember.Role {
    /// The role in class that a standing in the course gives; none for observers.
    init?(_ role: CourseRole) {
        switch role {
        case .staff: self = .instructor
        case .student: self = .student
        case .observer: return nil
        }
    }
}
