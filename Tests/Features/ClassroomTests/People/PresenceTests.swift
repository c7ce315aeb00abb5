import Testing

@testable import Classroom

struct `Presence of members` {
    @Test func `counts people, however many connections they have`() {
        var presence = Presence()
        presence.join(2, name: "Ann", at: 0)
        presence.join(2, name: "Ann", at: 10)
        presence.join(3, name: "Bo", at: 20)
        #expect(presence.here == 2 && presence.connections == 3 && presence.peak == 3)
        presence.leave(2, at: 30)
        #expect(presence.isHere(2))
        presence.leave(2, at: 40)
        #expect(!presence.isHere(2) && presence.here == 1)
        presence.leave(2, at: 50)
        #expect(presence.connections == 1)
    }

    @Test func `tells of a leave only after the grace`() {
        var presence = Presence()
        presence.join(2, name: "Ann", at: 0)
        #expect(presence.change(at: 0).joined == [.init(id: 2, name: "Ann")])
        presence.leave(2, at: 1_000)
        #expect(presence.change(at: 15_999).isEmpty)
        #expect(presence.change(at: 16_000).left == [.init(id: 2, name: "Ann")])
        #expect(presence.change(at: 17_000).isEmpty)
    }

    @Test func `says nothing of a short absence`() {
        var presence = Presence()
        presence.join(2, name: "Ann", at: 0)
        _ = presence.change(at: 0)
        presence.leave(2, at: 1_000)
        presence.join(2, name: "Ann", at: 5_000)
        #expect(presence.change(at: 60_000).isEmpty)
        #expect(presence.person(2)?.since == 0)
    }

    @Test func `names a hundred at most, and counts all`() {
        var presence = Presence()
        for user in 0..<500 { presence.join(Int64(user + 1), name: "x", at: 0) }
        #expect(presence.change(at: 1).joined.count == Presence.mostNames)
        #expect(presence.here == 500)
    }
}

struct `Reactions in class` {
    @Test func `are counted and handed out once`() {
        var reactions = Reactions()
        for emoji in ["👍", "🎉", "👍"] { reactions.add(emoji) }
        #expect(reactions.take().map(\.emoji) == ["👍", "🎉"])
        #expect(reactions.take().isEmpty)
    }
}

struct `Member lists` {
    private static let list = MemberList(
        [(3, "Bo Chen"), (2, "ann lee"), (4, "Cy Ode"), (5, "Ann Lee"), (1, "Ada")].map {
            .init(id: $0, name: $1, role: $0 == 1 ? .instructor : .student)
        })

    @Test func `come by name in pages, each member once`() throws {
        var seen: [Int64] = []
        var after: MemberCursor?
        repeat {
            let page = Self.list.page(MemberPage(search: nil, after: after, limit: 2))
            seen += page.rows.map(\.id)
            #expect(page.total == 5)
            after = page.next.flatMap { MemberCursor($0.text) }
        } while after != nil
        #expect(seen == [1, 2, 5, 3, 4])
    }

    @Test func `are searched by name`() {
        let page = Self.list.page(MemberPage(search: "LEE", after: nil, limit: 10))
        #expect(page.rows.map(\.id) == [2, 5] && page.total == 2 && page.next == nil)
    }
}

struct `Pace of members` {
    @Test func `allows a burst, then so many a second, and says when`() {
        var pace = Pace(perSecond: 5, burst: 2, now: 0)
        #expect(pace.take(at: 0) == nil)
        #expect(pace.take(at: 0) == nil)
        #expect(pace.take(at: 0) == 200)
        #expect(pace.take(at: 100) == 100)
        #expect(pace.take(at: 200) == nil)
    }
}
