import JSON
import Testing

@testable import Courses

private func entry(_ id: Int64, parent: Int64? = nil, root: Int64? = nil, depth: Int64 = 0) -> DiscussionEntry
{
    DiscussionEntry(
        id: id, parent: parent, root: root, depth: depth, author: Author(id: 1, name: "Ada"), message: "m",
        createdAt: 0, updatedAt: 0, deletedAt: nil, editor: nil, isRead: true, isForced: false, ratings: 0,
        ratingSum: 0, ownRating: nil)
}

struct `The place of an entry` {
    @Test func `is below what it replies to in a threaded discussion`() {
        let top = entry(1)
        #expect(EntryPlace.reply(to: top, in: .threaded) == EntryPlace(parent: 1, root: 1, depth: 1))
        let reply = entry(2, parent: 1, root: 1, depth: 1)
        #expect(EntryPlace.reply(to: reply, in: .threaded) == EntryPlace(parent: 2, root: 1, depth: 2))
    }

    @Test(arguments: [DiscussionType.sideComment, .notThreaded])
    func `is below the entry at the top where there is one level`(type: DiscussionType) {
        let reply = entry(2, parent: 1, root: 1, depth: 1)
        let deep = entry(7, parent: 6, root: 1, depth: 5)
        for parent in [entry(1), reply, deep] {
            #expect(EntryPlace.reply(to: parent, in: type) == EntryPlace(parent: 1, root: 1, depth: 1))
        }
    }

    @Test func `is beside what it replies to where that is as deep as can be`() {
        let deepest = entry(9, parent: 8, root: 1, depth: DiscussionType.threaded.depth)
        let place = EntryPlace.reply(to: deepest, in: .threaded)
        #expect(place == EntryPlace(parent: 8, root: 1, depth: DiscussionType.threaded.depth))
    }
}

struct `The tree of a discussion` {
    private func ids(_ value: JSONValue) -> [JSONValue] {
        (value.array ?? []).map { .array([$0["id"] ?? .null] + ids($0["replies"] ?? [])) }
    }

    @Test func `has replies below what they reply to, oldest first`() throws {
        let entries = [
            entry(5, parent: 1, root: 1, depth: 1), entry(4), entry(3, parent: 2, root: 1, depth: 2),
            entry(2, parent: 1, root: 1, depth: 1), entry(1),
        ]
        let written = RawJSON { DiscussionTree(entries).write(&$0) }
        #expect(ids(try JSONReader.read(written)) == [[1, [2, [3]], [5]], [4]])
    }

    @Test func `has at the top what replies to an entry that is not shown`() throws {
        let entries = [entry(9, parent: 3, root: 3, depth: 1), entry(8)]
        let written = RawJSON { DiscussionTree(entries).write(&$0) }
        #expect(ids(try JSONReader.read(written)) == [[8], [9]])
    }
}
