import Postgres
import Redis
import Testing

@testable import LiveHub

struct `A topic` {
    private func topic(_ name: String, institution: Int64 = 1) -> Topic {
        Topic(of: ChannelKey(institution: TenantID(rawValue: institution), name: name))
    }

    @Test func `is the same for the channels of one class`() {
        let names = ["class", "chat", "board", "quiz", "staff"].map { "\($0):1234" }
        #expect(Set(names.map { topic($0) }).count == 1)
    }

    @Test func `begins with the institution, and reads what it writes`() throws {
        for name in ["chat:7", "personal:#31", "plain", "app:a:b"] {
            let topic = topic(name, institution: 42)
            #expect(topic.name.hasPrefix("42:{"))
            #expect(Topic(topic.name) == topic)
            #expect(topic.key("meta", name).hasPrefix("42:{"))
        }
        #expect(topic("chat:7") != topic("chat:7", institution: 2))
    }

    @Test(arguments: ["", "1", "1:{}", "1:{128}", "1:{007}", "-1:{3}", "x:{3}", "1:3", "1:{3}x", "01:{3}"])
    func `is nothing else`(name: String) { #expect(Topic(name) == nil) }

    @Test func `spreads classes over the partitions, and partitions over a cluster's nodes`() {
        var classes: [UInt32: Int] = [:]
        for id in 1...12_800 { classes[topic("chat:\(id)").partition, default: 0] += 1 }
        #expect(classes.count == 128)
        #expect(classes.values.allSatisfy { (50...200).contains($0) })
        var nodes = [0, 0, 0]
        for id in 1...12_800 {
            nodes[KeySlot.slot(of: topic("chat:\(id)").name) * 3 / KeySlot.count] += 1
        }
        #expect(nodes.allSatisfy { (3_000...5_600).contains($0) }, "\(nodes)")
    }
}

struct `Topic book` {
    private let start = ContinuousClock.now
    private let chat = ChannelKey(institution: TenantID(rawValue: 1), name: "chat:7")
    private let board = ChannelKey(institution: TenantID(rawValue: 1), name: "board:7")

    @Test func `asks for a topic once, and names its channels when it is there`() {
        var book = TopicBook()
        #expect(book.follow(chat) == Topic(of: chat))
        book.isSubscribing(Topic(of: chat))
        #expect(book.follow(board) == nil)
        #expect(book.didSubscribe(Topic(of: chat)) == [chat, board])
    }

    @Test func `lets a topic go ten seconds after its last channel`() {
        var book = TopicBook()
        _ = book.follow(chat)
        book.unfollow(chat, at: start)
        #expect(book.expire(at: start + .seconds(9)).isEmpty)
        #expect(book.follow(board) == nil)
        #expect(book.expire(at: start + .seconds(11)).isEmpty)
        book.unfollow(board, at: start + .seconds(12))
        #expect(book.expire(at: start + .seconds(22)) == [Topic(of: chat)])
        #expect(book.follow(chat) != nil)
    }

    @Test func `keeps the topic of all nodes`() {
        var book = TopicBook()
        book.isSubscribing(.everyone)
        #expect(book.expire(at: start + .seconds(1000)).isEmpty)
    }

    @Test func `tries again what failed, after a second`() {
        var book = TopicBook()
        _ = book.follow(chat)
        book.didFail(Topic(of: chat), at: start)
        #expect(book.retry(at: start + .milliseconds(900)).isEmpty)
        #expect(book.retry(at: start + .seconds(1)) == [Topic(of: chat)])
        book.isSubscribing(Topic(of: chat))
        #expect(book.retry(at: start + .seconds(9)).isEmpty)
    }
}
