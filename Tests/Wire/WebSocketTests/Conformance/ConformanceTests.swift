import Testing
import WebSocket

struct `Conformance cases` {
    static let all =
        ConformanceCase.framing + ConformanceCase.pings + ConformanceCase.reservedBits
        + ConformanceCase.opcodes
        + ConformanceCase.fragmentation + ConformanceCase.unicode + ConformanceCase.unicodeTable
        + ConformanceCase.closing + ConformanceCase.automaticFragmentation

    @Test(arguments: all, Delivery.allCases)
    func `end as the standard says, however they arrive`(row: ConformanceCase, delivery: Delivery) {
        var peer = EchoPeer()
        for piece in delivery.pieces(row.frames) { peer.take(piece) }
        switch row.ending {
        case .open:
            #expect(peer.failure == nil)
            #expect(!peer.hasEnded)
            #expect(peer.answers == row.answers)
            peer.take(WireFrame.close(1000).octets)
            #expect(peer.answers == row.answers + [.close(1000, "")])
        case .echo(let code):
            #expect(peer.failure == nil)
            #expect(peer.answers == row.answers + [.close(code, "")])
        case .fail(let error):
            #expect(peer.failure == error)
            #expect(peer.answers == row.answers + [.close(error.closeCode.rawValue, error.reason)])
        }
        if case .open = row.ending {} else { #expect(peer.hasEnded) }
    }

    /// The suite's numbering: sections 1–7 and 10, every case.
    @Test func `are all there`() {
        let expected: [(String, Int)] = [
            ("1.1.", 8), ("1.2.", 8), ("2.", 11), ("3.", 7), ("4.1.", 5), ("4.2.", 5), ("5.", 20),
            ("6.1.", 3),
            ("6.2.", 4), ("6.3.", 2), ("6.4.", 4), ("6.5.", 5), ("6.6.", 11), ("6.7.", 4), ("6.8.", 2),
            ("6.9.", 4),
            ("6.10.", 3), ("6.11.", 5), ("6.12.", 8), ("6.13.", 5), ("6.14.", 10), ("6.15.", 1), ("6.16.", 3),
            ("6.17.", 5), ("6.18.", 5), ("6.19.", 5), ("6.20.", 7), ("6.21.", 8), ("6.22.", 34), ("6.23.", 7),
            ("7.1.", 6), ("7.3.", 6), ("7.5.", 1), ("7.7.", 13), ("7.9.", 13), ("7.13.", 2), ("10.1.", 1),
        ]
        let ids = Self.all.map(\.id)
        for (section, count) in expected {
            let wanted = Set((1...count).map { "\(section)\($0)" })
            #expect(Set(ids.filter { $0.hasPrefix(section) }) == wanted, "section \(section)")
        }
        #expect(ids.count == expected.map(\.1).reduce(0, +))
        #expect(Set(ids).count == ids.count)
    }

    /// 6.4: the text becomes impossible in the middle of a message, and the server must not wait for its end.
    @Test(arguments: ConformanceCase.failingFast)
    func `are failed at the first impossible octet`(row: ConformanceCase.FailingFast) {
        var peer = EchoPeer()
        for piece in row.before { peer.take(piece) }
        #expect(peer.failure == nil)
        peer.take(row.decisive)
        #expect(peer.failure == .invalidUTF8)
        #expect(peer.answers == [.close(1007, FrameError.invalidUTF8.reason)])
        let answered = peer.output.count
        peer.take(row.after)
        #expect(peer.output.count == answered)
    }
}
