import Assessment
import EventLoop
import JSON
import LiveHub
import LiveProtocol
import Postgres

/// What members may ask for.
extension Room {
    func read(_ command: ClassCommand, by member: ClassMember, _ call: RoomCall) {
        switch command {
        case .me: live.loop.run { await self.readSelf(member, call) }
        case .members(let page): live.loop.run { await self.readMembers(page, call) }
        case .history(let before, let limit): live.loop.run { await self.readHistory(before, limit, call) }
        default: call.deny()
        }
    }

    private func readSelf(_ member: ClassMember, _ call: RoomCall) async {
        do {
            let answers = try await RunReader(pool: live.pool)
                .answers(of: member.id, inClass: key.id, in: key.institution)
            let now = WallTime.milliseconds()
            let whole = state.whole
            call.answer(
                .result(
                    RawJSON { json in
                        json.object { json in
                            json.member("role", member.role.rawValue)
                            json.nullable("muted_until", whole.mutedUntil(member.id, at: now))
                            json.member("hand", whole.hand(of: member.id) != nil)
                            json.member("can_draw", whole.mayDraw(member))
                            json.array("answers", of: answers) { $1.write(&$0) }
                            json.member("time", now)
                        }
                    }))
        } catch {
            call.fail()
        }
    }

    private func readMembers(_ page: MemberPage, _ call: RoomCall) async {
        guard let list = await readRoster() else { return call.fail() }
        let found = list.page(page)
        let answered: Set<Int64>?
        do {
            answered = try await readAnswered(found.rows.map(\.id))
        } catch {
            return call.fail()
        }
        let roundTrips = await roundTrips(of: found.rows.map(\.id))
        let now = WallTime.milliseconds()
        let data = MemberList.write(found, here: presence.here) { row in
            MemberList.Standing(
                since: presence.isHere(row.id) ? presence.person(row.id)?.since : nil,
                hand: state.whole.hand(of: row.id)?.at, mutedUntil: state.whole.mutedUntil(row.id, at: now),
                isRemoved: state.whole.removed.contains(row.id), roundTrip: roundTrips[row.id],
                hasAnswered: row.role == .student ? answered?.contains(row.id) : nil)
        }
        call.answer(.result(data))
    }

    /// Who of some users has answered the question that is open; `nil` when none is.
    private func readAnswered(_ users: [Int64]) async throws -> Set<Int64>? {
        guard let run = state.quiz.open else { return nil }
        let rows = try await live.pool.query(
            ClassQueries.answered, [.int(key.institution.rawValue), .int(run.id), .intArray(users)],
            tenant: key.institution)
        return Set(try rows.map { try $0.int(0) })
    }

    private func readHistory(_ before: UInt64?, _ limit: Int, _ call: RoomCall) async {
        do {
            let rows = try await live.pool.query(
                ClassQueries.messages,
                [
                    .int(key.institution.rawValue), .text(channel(.chat).name),
                    .int(Int64(clamping: before ?? .max)), .int(Int64(limit + 1)),
                ], tenant: key.institution)
            var messages: [(id: UInt64, message: ChatMessage?)] = []
            for row in rows.prefix(limit) {
                let id = UInt64(try row.int(0))
                let body = try RawJSON(validating: Array(try row.text(1).utf8))
                let isHidden = try row.bool(2)
                let message = isHidden ? nil : ChatMessage(LogEntry(body, offset: id)).map(state.chat.edited)
                messages.append((id, message))
            }
            let more = rows.count > limit
            call.answer(
                .result(
                    RawJSON { json in
                        json.object { json in
                            json.array("messages", of: messages.reversed()) { json, entry in
                                if let message = entry.message {
                                    message.write(&json)
                                } else {
                                    json.skip(entry.id)
                                }
                            }
                            json.member("more", more)
                        }
                    }))
        } catch {
            call.fail()
        }
    }
}
