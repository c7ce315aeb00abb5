import JSON
import LiveHub
import Postgres
import Testing

@testable import Operations

struct `What nodes tell each other for operators` {
    private var fullBeat: NodeBeat {
        var beat = NodeBeat(name: "näh \"1\"", version: "1.0")
        beat.uptime = 93_784
        beat.isDraining = true
        beat.hears = false
        beat.aside = ["deaf", "operator"]
        beat.loads = [0.25, 1]
        beat.process = ProcessGauges(residentBytes: 1 << 40, descriptors: 12, descriptorLimit: Int.max)
        beat.brokerLag = 1.5
        beat.connections = 1234
        beat.peak = DayPeak(day: 20_779, connections: 5000)
        beat.rates = LiveRates(joins: 0.2, messages: 3, answers: 1, deliveries: 500)
        beat.acknowledgement = LiveLatency(p50: 1, p99: 2.5)
        beat.fanOut = LiveLatency(p50: 0, p99: 0.5)
        return beat
    }

    @Test func `comes over as it was said`() {
        for beat in [fullBeat, NodeBeat(name: "", version: "")] {
            let news = NodeNews.beat(beat, number: 7, at: 1_795_340_000_000)
            #expect(news.message.kind == .beat)
            #expect(NodeNews(news.message) == news)
            let gone = NodeNews.gone(.init(id: NodeID(), beat: beat, number: 9, ago: 7000))
            #expect(NodeNews(gone.message) == gone)
        }
        let rows = Sample.rows(
            [Sample.row(7, connections: 3, peak: 9, messages: 2.5, p99: 12), Sample.row(8)],
            institutions: [Sample.north: 4, Sample.south: 0])
        for page in rows.pages(round: 3) { #expect(NodeNews(NodeNews.rows(page).message) == .rows(page)) }
        let none = NodeRows().pages(round: 1)
        #expect(none.count == 1 && NodeNews(NodeNews.rows(none[0]).message) == .rows(none[0]))
    }

    private func read(_ bytes: some Sequence<UInt8>) throws -> NodeNews? {
        NodeNews(NodeMessage(.beat, try RawJSON(validating: Array(bytes))))
    }

    private func read(_ text: String) throws -> NodeNews? { try read(text.utf8) }

    private static let usual =
        #""number":1,"at":5,"name":"n","version":"2","uptime_s":1,"draining":false,"aside":[],"loops":[],"connections":0,"day":1,"peak":0"#

    @Test func `is understood when a newer version says more`() throws {
        #expect(
            try read(#"{"kind":"beat",\#(Self.usual),"aside_since":[1],"colour":{"a":1}}"#)
                == .beat(Sample.beat("n").with(version: "2", uptime: 1, day: 1), number: 1, at: 5))
        let page = try read(
            #"{"kind":"rows","round":2,"page":0,"pages":1,"day":9,"institutions":[[1,5,6,"new"]],"more":1,"classes":[[1,7,"T",5,"C",3,4,null,null,null,null,null,"new"]]}"#
        )
        guard case .rows(let page) = page else {
            Issue.record("no rows")
            return
        }
        #expect(page.rows.institutions == [Sample.north: .init(connections: 5, peak: 6)])
        #expect(page.rows.classes.first?.numbers.connections == 3)
        #expect(page.rows.classes.first?.numbers.rates == nil)
    }

    @Test(arguments: [
        "[]", "{}", "null", #"{"kind":"beat"}"#, #"{"kind":"song",\#(usual)}"#,
        #"{"kind":"beat",\#(usual),"connections":1}"#,
        #"{"kind":"beat",\#(usual.replacing(#""number":1"#, with: #""number":0"#))}"#,
        #"{"kind":"beat",\#(usual.replacing(#""connections":0"#, with: #""connections":-1"#))}"#,
        #"{"kind":"beat",\#(usual.replacing(#""connections":0"#, with: #""connections":9e99"#))}"#,
        #"{"kind":"beat",\#(usual.replacing(#""loops":[]"#, with: #""loops":[1.5]"#))}"#,
        #"{"kind":"beat",\#(usual),"ack_ms":[1]}"#, #"{"kind":"beat",\#(usual),"ack_ms":[1,-1]}"#,
        #"{"kind":"beat",\#(usual),"rates":{"joins":1,"messages":1}}"#,
        #"{"kind":"gone",\#(usual),"id":"x","ago_ms":1}"#, #"{"kind":"gone",\#(usual),"ago_ms":1}"#,
        #"{"kind":"gone",\#(usual),"id":"00000000000000ab","ago_ms":-1}"#,
        #"{"kind":"rows","round":1,"page":1,"pages":1,"day":1,"institutions":[],"classes":[]}"#,
        #"{"kind":"rows","round":1,"page":0,"pages":9999,"day":1,"institutions":[],"classes":[]}"#,
        #"{"kind":"rows","round":1,"page":0,"pages":1,"day":1,"institutions":[[0,1,1]],"classes":[]}"#,
        #"{"kind":"rows","round":1,"page":0,"pages":1,"day":1,"institutions":[],"classes":[[1,7,"T"]]}"#,
        #"{"kind":"rows","round":1,"page":0,"pages":1,"day":1,"institutions":[],"classes":[[1,7,"T",5,"C",3,4,"x",1,1,1,1]]}"#,
        #"{"kind":"rows","round":1,"page":0,"pages":1,"day":1,"institutions":[],"classes":[[1,7,"T",5,"C",-3,4,1,1,1,1,1]]}"#,
    ])
    func `is dropped when it cannot be read`(text: String) throws { #expect(try read(text) == nil) }

    @Test func `traps nothing when it is damaged`() {
        let bytes = NodeNews.beat(fullBeat, 7).message.body.bytes
        for _ in 0..<5000 {
            var damaged = bytes
            damaged[.random(in: 0..<bytes.count)] = .random(in: 0x20...0x7E)
            _ = try? read(damaged)
        }
    }

    @Test func `is dropped when it is of another kind, or too long`() throws {
        let body = NodeNews.beat(fullBeat, 7).message.body
        #expect(NodeNews(NodeMessage(.presence, body)) == nil)
        let more = #","more":"\#(String(repeating: "x", count: NodeMessage.longestBody))"}"#
        #expect(try read(body.text.dropLast() + more) == nil)
        #expect(try read(body.text.dropLast() + #","more":"x"}"#) != nil)
    }

    @Test func `has rows in pages that fit into a message`() {
        let long = String(repeating: "\u{1}", count: 255)
        let rows = Sample.rows(
            (1...2000).map { Sample.row($0, title: long) },
            institutions: Dictionary(uniqueKeysWithValues: (1...900).map { (TenantID(rawValue: $0), 1) }))
        let pages = rows.pages(round: 1)
        #expect(pages.map(\.page) == Array(0..<pages.count))
        #expect(pages.allSatisfy { $0.pages == pages.count && $0.rows.count <= RowPage.mostRows })
        #expect(pages.map(\.rows.count).reduce(0, +) == 2900)
        for page in pages {
            let message = NodeNews.rows(page).message
            #expect(message.body.bytes.count <= RowPage.mostBytes)
            #expect(NodeNews(message) == .rows(page))
        }
    }

    @Test func `leaves out the quietest rows where there are too many`() {
        let rows = Sample.rows((1...30_000).map { Sample.row($0, connections: Int($0)) })
        let told = rows.pages(round: 1).flatMap(\.rows.classes)
        #expect(told.count == NodeRows.most)
        #expect(told.map(\.numbers.connections).min() == 10_001)
    }

    @Test func `is told the less often the more rows there are`() {
        var teller = NodeTeller()
        let rows = Sample.rows((1...1200).map { Sample.row($0) })
        var counts = (0..<7).map { _ in teller.messages(Sample.beat(), rows, gone: [], at: 5).count }
        #expect(counts == [4, 1, 1, 4, 1, 1, 4])
        counts = (0..<5).map { _ in teller.messages(Sample.beat(), NodeRows(), gone: [], at: 5).count }
        #expect(counts == [1, 1, 2, 2, 2])
        let news = teller.messages(Sample.beat(), NodeRows(), gone: [], at: 5).compactMap { NodeNews($0) }
        guard case .beat(_, let number, _) = news[0], case .rows(let page) = news[1] else {
            Issue.record("no beat and rows")
            return
        }
        #expect(number == 13 && page.round == 7)
    }
}

extension NodeBeat {
    fileprivate func with(version: String, uptime: Int, day: Int64) -> NodeBeat {
        var beat = self
        beat.peak.day = day
        beat.version = version
        beat.uptime = uptime
        return beat
    }
}
