import LiveProtocol
import Testing

struct `Channel name` {
    @Test(
        arguments: [
            ("chat:7", "chat", "7", 7 as Int64?, nil as Int64?), ("personal:#42", "personal", "#42", nil, 42),
            ("course-staff:12", "course-staff", "12", 12, nil), ("a:b:c", "a", "b:c", nil, nil),
            ("chat:07", "chat", "07", nil, nil), ("chat:0", "chat", "0", nil, nil),
            ("chat:-1", "chat", "-1", nil, nil),
            ("chat:+1", "chat", "+1", nil, nil), ("x_1:1e3", "x_1", "1e3", nil, nil),
            ("chat:9007199254740991", "chat", "9007199254740991", 9_007_199_254_740_991, nil),
            ("chat:9007199254740992", "chat", "9007199254740992", nil, nil),
            ("personal:#1,2", "personal", "#1,2", nil, nil),
            ("personal:#", "personal", "#", nil, nil), ("personal:##1", "personal", "##1", nil, nil),
            ("chat", "", "chat", nil, nil), ("#42", "", "#42", nil, 42), ("7", "", "7", 7, nil),
            ("ch.at/x", "", "ch.at/x", nil, nil),
        ] as [(String, String, String, Int64?, Int64?)])
    func `falls into namespace and name`(
        text: String, namespace: String, name: String, id: Int64?, user: Int64?
    ) throws {
        let channel = try ChannelName(text)
        #expect(channel.text == text)
        #expect(channel.namespace == namespace)
        #expect(channel.name == name)
        #expect(channel.id == id)
        #expect(channel.user == user)
    }

    @Test(
        arguments: [
            ("", ChannelName.Problem.empty), (":x", .noNamespace), (":", .noNamespace),
            ("7:x", .noNamespace), ("#42:x", .noNamespace), ("-a:1", .noNamespace), ("ch.at:1", .noNamespace),
            ("chat:", .noName),
            ("chat:a b", .badCharacter), ("chat:é", .badCharacter), ("chat:\n", .badCharacter),
            ("chat:*", .badCharacter),
            ("chat:\"", .badCharacter), ("chat:\\", .badCharacter), ("chat:\u{7F}", .badCharacter),
            ("c:" + String(repeating: "x", count: 254), .tooLong),
        ] as [(String, ChannelName.Problem)])
    func `refuses what is none`(text: String, problem: ChannelName.Problem) {
        #expect(throws: problem) { try ChannelName(text) }
    }

    @Test func `may have 255 bytes`() throws {
        let text = "c:" + String(repeating: "x", count: 253)
        #expect(try ChannelName(text).name.utf8.count == 253)
    }

    @Test func `is built as it is read`() throws {
        #expect(try ChannelName("chat:7") == ChannelName("chat", id: 7))
        #expect(try ChannelName("personal:#42") == ChannelName("personal", user: 42))
        #expect("\(ChannelName("quiz", id: 1))" == "quiz:1")
    }
}
