import JSON
import LiveProtocol
import Postgres
import TestKit
import Testing

@testable import LiveHub

struct `Carried frame` {
    private let sender = NodeID()
    private let key = ChannelKey(institution: TenantID(rawValue: 3), name: "chat:7")
    private let data = RawJSON { $0.object { $0.member("text", "a\nb") } }

    private func read(_ text: String, on topic: Topic? = nil) -> CarriedFrameError? {
        do throws(CarriedFrameError) {
            _ = try CarriedFrame(Array(text.utf8), on: topic ?? Topic(of: key))
            return nil
        } catch {
            return error
        }
    }

    @Test func `brings a publication as it was`() throws {
        let info = ClientInfo(user: "31", client: "c", connectionInfo: RawJSON { $0.string("x") })
        for (offset, hides, info) in [
            (UInt64(9), [UInt64(2), 3], ClientInfo?.none), (0, [], info), (UInt64.max, [1], nil),
        ] {
            let publication = ChannelPublication(
                Publication(data: data, offset: offset, info: info), hides: hides)
            let bytes = CarriedFrame.encode(publication, in: key, from: sender, at: 1234)
            let frame = try CarriedFrame(bytes, on: Topic(of: key))
            #expect(
                frame == CarriedFrame(sender: sender, content: .publication(publication, in: key), at: 1234))
        }
    }

    @Test func `brings a stream's publication with epoch and offset, as the script puts it together`() throws
    {
        let bytes =
            Array((CarriedFrame.streamHead(in: key, from: sender, at: 5) + "ab12 17").utf8)
            + CarriedFrame.tail(nil, .json(data))
        let frame = try CarriedFrame(bytes, on: Topic(of: key))
        let expected = ChannelPublication(Publication(data: data, offset: 17), epoch: "ab12")
        #expect(frame.content == .publication(expected, in: key))
    }

    @Test func `brings tags, with and without somebody who published`() throws {
        let somebody = ClientInfo(user: "7", client: "c")
        for info in [nil, somebody] {
            let publication = ChannelPublication(
                Publication(data: data, offset: 3, info: info, tags: ["a": "b", "c": ""]))
            let bytes = CarriedFrame.encode(publication, in: key, from: sender, at: 1)
            #expect(try CarriedFrame(bytes, on: Topic(of: key)).content == .publication(publication, in: key))
        }
    }

    @Test(arguments: [ChannelPublication.Notice.join, .leave])
    func `brings the word that somebody has come or left`(notice: ChannelPublication.Notice) throws {
        let info = ClientInfo(user: "7", client: "c", connectionInfo: .emptyObject)
        let publication = ChannelPublication(notice, info)
        let bytes = CarriedFrame.encode(publication, in: key, from: sender, at: 1)
        #expect(try CarriedFrame(bytes, on: Topic(of: key)).content == .publication(publication, in: key))
    }

    @Test func `brings bytes that are no JSON, line feeds and all`() throws {
        let publication = ChannelPublication(Publication(data: .binary([0, 10, 10, 0xFF]), offset: 3))
        let bytes = CarriedFrame.encode(publication, in: key, from: sender, at: 1)
        #expect(try CarriedFrame(bytes, on: Topic(of: key)).content == .publication(publication, in: key))
    }

    @Test func `brings a node's message`() throws {
        let message = NodeMessage(.beat, RawJSON { $0.object { $0.member("x", 1) } })
        let bytes = CarriedFrame.encode(message, to: .everyone, from: sender)
        #expect(try CarriedFrame(bytes, on: .everyone).content == .message(message))
    }

    @Test func `is dropped when it is not what it should be`() {
        let id = sender.description
        let rows: [(String, CarriedFrameError)] = [
            ("", .malformed), ("\n", .version), ("2 p \(id) 3 chat:7 1 1 -\n\n{}", .version),
            ("hello world\n{}", .version), ("1 p \(id) 4 chat:7 1 1 -\n\n{}", .misplaced),
            ("1 p \(id) 3 chat:8 1 1 -\n\n{}", .misplaced), ("1 p 0 3 chat:7 1 1 -\n\n{}", .malformed),
            ("1 p \(id) x chat:7 1 1 -\n\n{}", .malformed), ("1 p \(id) 3 chat:7 1 x -\n\n{}", .malformed),
            ("1 p \(id) 3 chat:7 1 1 1,x\n\n{}", .malformed), ("1 p \(id) 3 chat:7 1 1 -\n{}", .malformed),
            ("1 p \(id) 3 chat:7 1 1 -\n\n{", .malformed), ("1 p \(id) 3 chat:7 1 1 -\n[]\n{}", .malformed),
            ("1 s \(id) 3 chat:7 1 e 0\n\n{}", .malformed), ("1 q \(id) 3 chat:7 1 1 -\n\n{}", .malformed),
            ("1 j \(id) 3 chat:7 1 0 -\n\nnull", .malformed),
            ("1 p \(id) 3 chat:7 1 1 -\n{\"user\":\"7\"}\n{}", .malformed),
            ("1 n \(id) 3 gossip\n{}", .malformed), ("1 n \(id) 3 beat\n{", .malformed),
            (String(repeating: "x", count: CarriedFrame.longest + 1), .tooLong),
        ]
        for (text, error) in rows { #expect(read(text) == error, "\(text.prefix(60))") }
        #expect(read("1 p \(id) 3 chat:7 1 1 -\n\n{}") == nil)
    }

    @Test func `survives any bytes`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("carried frame seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        let good = CarriedFrame.encode(
            ChannelPublication(Publication(data: data, offset: 3)), in: key, from: sender, at: 1)
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
                }
            }
            _ = try? CarriedFrame(bytes, on: Topic(of: key))
        }
    }
}
