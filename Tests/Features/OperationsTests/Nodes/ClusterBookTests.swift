import LiveHub
import Postgres
import Testing

@testable import Operations

struct `The book of other nodes` {
    private let one = Sample.node(1)

    private func news(_ rows: NodeRows, round: UInt64) -> [NodeNews] {
        rows.pages(round: round).map { .rows($0) }
    }

    @Test func `counts a node until its lease is over, and remembers it for a minute`() {
        var book = ClusterBook()
        book.hear(.beat(Sample.beat(connections: 3), 1), from: one, at: .seconds(10))
        for page in news(Sample.rows([Sample.row(7)]), round: 1) {
            book.hear(page, from: one, at: .seconds(10))
        }
        book.expire(at: .milliseconds(14_999))
        #expect(book.living.map(\.beat.connections) == [3] && book.silent.isEmpty)
        #expect(book.living.first?.rows.classes.count == 1)
        book.expire(at: .seconds(15))
        #expect(book.living.isEmpty && book.silent.map(\.id) == [one])
        #expect(book.silent.first?.rows == NodeRows())
        book.expire(at: .milliseconds(74_999))
        #expect(book.silent.count == 1)
        book.expire(at: .seconds(75))
        #expect(book.silent.isEmpty)
    }

    @Test func `takes a silent node back when it is heard again, with the rows that it tells anew`() {
        var book = ClusterBook()
        book.hear(.beat(Sample.beat(), 1), from: one, at: .zero)
        for page in news(Sample.rows([Sample.row(7)]), round: 1) { book.hear(page, from: one, at: .zero) }
        book.expire(at: .seconds(20))
        #expect(
            (book.hear(news(Sample.rows([Sample.row(8)]), round: 2)[0], from: one, at: .seconds(20))) == false
        )
        book.hear(.beat(Sample.beat(connections: 1), 21), from: one, at: .seconds(21))
        #expect(book.living.first?.rows.classes.isEmpty == true)
        book.hear(news(Sample.rows([Sample.row(9)]), round: 22)[0], from: one, at: .seconds(21))
        #expect(book.living.first?.rows.classes.map(\.id) == [9])
    }

    @Test func `ignores what is late or repeated, which renews no lease`() {
        var book = ClusterBook()
        #expect((book.hear(.beat(Sample.beat(connections: 3), 5), from: one, at: .zero)) == true)
        #expect((book.hear(.beat(Sample.beat(connections: 3), 5), from: one, at: .seconds(4))) == false)
        #expect((book.hear(.beat(Sample.beat(connections: 9), 4), from: one, at: .seconds(4))) == false)
        #expect(book.living.first?.beat.connections == 3)
        book.expire(at: .seconds(5))
        #expect(book.living.isEmpty)
    }

    @Test func `knows a life of its own for each start, even under one name`() {
        var book = ClusterBook()
        book.hear(.beat(Sample.beat("n", connections: 3), 900), from: one, at: .zero)
        book.hear(.beat(Sample.beat("n", connections: 1), 1), from: Sample.node(2), at: .seconds(1))
        #expect(book.living.map(\.beat.connections).sorted() == [1, 3])
    }

    @Test func `puts rows in place when all pages are there, in whatever order`() {
        var book = ClusterBook()
        book.hear(.beat(Sample.beat(), 1), from: one, at: .zero)
        for page in news(Sample.rows([Sample.row(1)]), round: 1) { book.hear(page, from: one, at: .zero) }
        let pages = news(Sample.rows((1...1200).map { Sample.row($0) }), round: 2)
        #expect(pages.count == 3)
        for index in [2, 0, 2, 0] { book.hear(pages[index], from: one, at: .zero) }
        #expect(book.living.first?.rows.classes.count == 1)
        book.hear(pages[1], from: one, at: .zero)
        #expect(book.living.first?.rows.classes.map(\.id) == Array(1...1200))
        #expect((book.hear(pages[1], from: one, at: .zero)) == false)
    }

    @Test func `goes on with the next round when a page was lost`() {
        var book = ClusterBook()
        book.hear(.beat(Sample.beat(), 1), from: one, at: .zero)
        let pages = news(Sample.rows((1...600).map { Sample.row($0) }), round: 1)
        book.hear(pages[0], from: one, at: .zero)
        for page in news(Sample.rows([Sample.row(5)]), round: 2) { book.hear(page, from: one, at: .zero) }
        #expect(book.living.first?.rows.classes.map(\.id) == [5])
        #expect((book.hear(pages[1], from: one, at: .zero)) == false)
        #expect(book.living.first?.rows.classes.map(\.id) == [5])
    }

    @Test func `takes no rows of a node that it does not know`() {
        var book = ClusterBook()
        #expect((book.hear(news(Sample.rows([Sample.row(5)]), round: 2)[0], from: one, at: .zero)) == false)
        #expect(book.living.isEmpty)
    }

    @Test func `holds so many nodes at most, and gives up silent ones first`() {
        var book = ClusterBook()
        for number in 1...UInt64(ClusterBook.mostNodes) {
            let at = Duration.milliseconds(Int(number))
            #expect((book.hear(.beat(Sample.beat(), 1), from: Sample.node(number), at: at)) == true)
        }
        #expect((book.hear(.beat(Sample.beat(), 1), from: Sample.node(5000), at: .seconds(2))) == false)
        #expect((book.hear(.beat(Sample.beat(), 2), from: Sample.node(9), at: .seconds(2))) == true)
        book.expire(at: .milliseconds(5010))
        #expect(
            (book.hear(.beat(Sample.beat(), 1), from: Sample.node(5000), at: .milliseconds(5010))) == true)
        let known = Set((Array(book.living) + Array(book.silent)).map(\.id))
        #expect(known.count == ClusterBook.mostNodes)
        #expect(known.isSuperset(of: [Sample.node(9), Sample.node(5000)]) && !known.contains(one))
    }

    @Test func `holds so many rows at most, of one node and of all`() {
        var book = ClusterBook()
        let rows = Sample.rows((1...Int64(NodeRows.most)).map { Sample.row($0) })
        for number in 1...4 as ClosedRange<UInt64> {
            book.hear(.beat(Sample.beat(), 1), from: Sample.node(number), at: .zero)
            for page in news(rows, round: 1) { book.hear(page, from: Sample.node(number), at: .zero) }
        }
        #expect(book.living.map(\.rows.count).sorted() == [0, 10_000, 20_000, 20_000])
    }

    @Test func `tells of silent nodes, so that one which starts later remembers them as long`() {
        var (old, new) = (ClusterBook(), ClusterBook())
        for number in 1...20 as ClosedRange<UInt64> {
            old.hear(
                .beat(Sample.beat("n\(number)", isDraining: number == 20), 3), from: Sample.node(number),
                at: .milliseconds(Int(number)))
        }
        #expect(old.departed(at: .seconds(4)).isEmpty)
        old.expire(at: .seconds(6))
        let told = old.departed(at: .seconds(7))
        #expect(told.map(\.id.rawValue) == Array((5...20).reversed()))
        for node in told { new.hear(.gone(node), from: Sample.node(99), at: .seconds(1007)) }
        new.expire(at: .seconds(1007))
        #expect(new.living.isEmpty && new.silent.count == 16)
        #expect(new.silent.contains { $0.id == Sample.node(20) && $0.beat.isDraining })
        // Nobody's word makes it live longer, and a late beat of it does not make it live.
        for node in old.departed(at: .seconds(30)) {
            #expect((new.hear(.gone(node), from: Sample.node(99), at: .seconds(1030))) == false)
        }
        #expect((new.hear(.beat(Sample.beat(), 3), from: Sample.node(20), at: .seconds(1030))) == false)
        #expect((new.hear(.beat(Sample.beat(), 4), from: Sample.node(19), at: .seconds(1030))) == true)
        new.expire(at: .milliseconds(1_065_100))
        #expect(new.silent.map(\.id) == [Sample.node(19)])
    }

    @Test func `does not believe that its own node is gone`() {
        var book = ClusterBook(of: one)
        let rumour = NodeNews.Departed(id: one, beat: Sample.beat(), number: 5, ago: 6000)
        #expect((book.hear(.gone(rumour), from: Sample.node(2), at: .seconds(1))) == false)
        #expect(book.silent.isEmpty)
    }

    @Test func `believes what it hears itself rather than that a node is gone`() {
        var book = ClusterBook()
        book.hear(.beat(Sample.beat(connections: 3), 1), from: one, at: .zero)
        let rumour = NodeNews.Departed(id: one, beat: Sample.beat(), number: 5, ago: 6000)
        #expect((book.hear(.gone(rumour), from: Sample.node(2), at: .seconds(1))) == false)
        #expect(book.living.map(\.beat.connections) == [3])
        for ago in [0, 4999, 65_000] {
            let odd = NodeNews.Departed(id: NodeID(), beat: Sample.beat(), number: 5, ago: ago)
            #expect((book.hear(.gone(odd), from: Sample.node(2), at: .seconds(1))) == false, "\(ago)")
        }
    }

    @Test func `is not certain while a node may be dead`() {
        var book = ClusterBook()
        #expect(book.isCertain(at: .seconds(9)))
        book.hear(.beat(Sample.beat(), 1), from: one, at: .zero)
        #expect(book.isCertain(at: .milliseconds(1200)))
        #expect(!book.isCertain(at: .milliseconds(1500)))
        book.expire(at: .seconds(5))
        #expect(book.isCertain(at: .seconds(5)))
    }
}
