import JSON
@testable import LiveHub
import LiveProtocol
import Testing

struct `Publications as differences` {
    private func publication(_ text: String, offset: UInt64 = 1) -> Publication {
        Publication(data: RawJSON { $0.object { $0.member("text", text) } }, offset: offset)
    }
    private let long = String(repeating: "the same words again ", count: 10)

    private var one: Publication { publication(long + "1") }
    private var two: Publication { publication(long + "2", offset: 2) }

    @Test func `begin with the whole, as a text in the JSON form and as it is in the binary one`() throws {
        let json = DeltaPublication.whole(one, .json)
        #expect(try JSONReader.read(json.data.bytes).string == one.data.json?.text)
        #expect(!json.delta)
        #expect(DeltaPublication.whole(one, .protobuf) == one)
    }

    @Test func `go on with what is shorter`() throws {
        let delta = try #require(DeltaPublication.difference(two, after: one))
        #expect(delta.count < 40)
        #expect(DeltaPublication.difference(publication("other"), after: publication("word")) == nil)
        let json = DeltaPublication.delta(two, delta, .json)
        #expect(json.delta && json.offset == 2)
        #expect(try JSONReader.read(json.data.bytes).string == String(decoding: delta, as: UTF8.self))
        #expect(DeltaPublication.delta(two, delta, .protobuf).data == .binary(delta))
    }

    @Test func `are not told to JSON clients where one of the two is no JSON`() {
        let bytes = Publication(data: .binary([0xFF, 0]))
        #expect(DeltaPublication.isPossible(bytes, after: bytes, .protobuf))
        #expect(!DeltaPublication.isPossible(bytes, after: one, .json))
        #expect(!DeltaPublication.isPossible(one, after: bytes, .json))
        #expect(DeltaPublication.whole(bytes, .json).data.json?.text == #""\"/wA=\"""#)
    }

    @Test func `follow one another in a reply`() {
        let run = DeltaPublication.run([one, two, publication("short", offset: 3)], .json)
        #expect(run.map(\.delta) == [false, true, false])
        #expect(run.map(\.offset) == [1, 2, 3])
        #expect(DeltaPublication.run([], .json).isEmpty)
    }
}

struct `A publication for members of several manners` {
    private let one = Publication(
        data: RawJSON { $0.string(String(repeating: "words ", count: 20)) }, offset: 1)
    private let two = Publication(
        data: RawJSON { $0.string(String(repeating: "words ", count: 20) + "!") }, offset: 2, tags: ["t": "a"]
    )

    @Test func `is a difference for those who have the one before, and whole for the others`() throws {
        var push = VariedPush(two, after: one, in: "app:x", FrameCompressor())
        var plain = Manner()
        var late = Manner(takesDeltas: true)
        var ready = Manner(takesDeltas: true, isReady: true)
        let asIs = try #require(push.frame(.plain, &plain))
        let whole = try #require(push.frame(.plain, &late))
        let delta = try #require(push.frame(.plain, &ready))
        #expect(asIs == LiveFrame.push(Push(channel: "app:x", .publication(two))))
        #expect(whole.count > asIs.count)
        #expect(delta.count < asIs.count)
        #expect(late.isReady)
        #expect(push.frame(.plain, &late) == delta)
    }

    @Test func `is whole for everybody when nothing is known of the one before`() {
        var push = VariedPush(two, after: nil, in: "app:x", FrameCompressor())
        var ready = Manner(takesDeltas: true, isReady: true)
        var late = Manner(takesDeltas: true)
        let binary = Dialect(form: .protobuf, window: 0)
        #expect(push.frame(binary, &ready) == push.frame(binary, &late))
    }

    @Test func `is kept from those whose filter leaves it out`() throws {
        func manner(_ tag: String) throws -> Manner {
            let text = #"{"key":"t","cmp":"eq","val":"\#(tag)"}"#
            return Manner(filter: try TagsFilter(try RawJSON(validating: Array(text.utf8))))
        }
        var push = VariedPush(two, after: one, in: "app:x", FrameCompressor())
        var fits = try manner("a")
        var other = try manner("b")
        #expect(push.frame(.plain, &fits) != nil)
        #expect(push.frame(.plain, &other) == nil)
    }
}
