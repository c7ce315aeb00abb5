import EventLoop
import JSON
import TestKit
import Testing

@testable import LiveHub

/// What stands for LONG in the tables.
private let long = String(repeating: "n", count: 50_000)

private func whole(_ text: String) -> String { text.replacing("LONG", with: long) }

/// Commands whose form is right and whose content is nonsense: each has its error, or ends the connection with a code.
struct `Nonsense in commands` {
    private static let refused: [(command: String, body: String, code: Int)] = [
        ("subscribe", #"{"channel":"LONG"}"#, 107), ("subscribe", #"{"channel":":"}"#, 102),
        ("subscribe", #"{"channel":"no \" name:*"}"#, 102), ("subscribe", #"{"channel":"blink:é"}"#, 102),
        ("subscribe", #"{"channel":"blink:1","delta":"LONG"}"#, 107),
        ("subscribe", #"{"channel":"blink:1","tf":7}"#, 107),
        ("subscribe", #"{"channel":"blink:1","tf":{"op":"nor","nodes":[]}}"#, 107),
        ("subscribe", #"{"channel":"plain","token":"LONG"}"#, 103),
        ("subscribe", #"{"channel":"last:1","token":"LONG"}"#, 103),
        ("publish", #"{"channel":"LONG","data":1}"#, 102),
        ("publish", #"{"channel":"blink:1","data":1}"#, 103), ("presence", #"{"channel":"LONG"}"#, 103),
        ("presence_stats", #"{"channel":"LONG"}"#, 103),
        ("history", #"{"channel":"LONG","limit":-2147483648}"#, 103), ("rpc", #"{"data":{}}"#, 104),
        ("rpc", #"{"method":"LONG"}"#, 104), ("rpc", #"{"method":"note"}"#, 107),
        ("rpc", #"{"method":"note","data":[1]}"#, 107),
        ("rpc", #"{"method":"note","data":{"text":null}}"#, 107),
        ("sub_refresh", #"{"channel":"LONG","token":"x"}"#, 103),
        ("sub_refresh", #"{"channel":"blink:1"}"#, 103), ("teleport", "{}", 104), ("error", "{}", 104),
    ]

    @Test func `is answered with an error, and the connection goes on`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            for (command, body, code) in Self.refused {
                let client = try await open(0, "1:7:x")
                let reply = await client.command(command, whole(body))
                #expect(reply["error"]?["code"]?.int == code, "\(command) \(body)")
                #expect((reply["error"]?["message"]?.string?.utf8.count ?? .max) < 300, "\(command) \(body)")
                #expect(await client.command("ping", "{}")["ping"] != nil, "\(command) \(body)")
            }
        }
    }

    private static let histories: [(channel: String, body: String, code: Int?)] = [
        ("app:x", #"{"limit":-2147483648,"reverse":true}"#, nil), ("app:x", #"{"limit":2147483647}"#, nil),
        ("app:x", #"{"limit":5,"since":{"offset":18446744073709551615,"epoch":"LONG"}}"#, 112),
        ("app:x", #"{"limit":5,"since":{"offset":18446744073709551615}}"#, nil),
        ("app:x", #"{"limit":5,"since":{},"reverse":true}"#, nil),
        ("notes:1", #"{"limit":-1,"since":{"offset":18446744073709551615,"epoch":"x"}}"#, 112),
        ("notes:1", #"{"limit":2147483647,"reverse":true}"#, nil), ("blink:1", #"{"limit":1}"#, 108),
    ]

    @Test func `is answered where history is asked for from places that there are not`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            for (channel, body, code) in Self.histories {
                let client = try await open(0, "1:7:x")
                _ = await client.command("subscribe", #"{"channel":"\#(channel)"}"#)
                let reply = await client.command(
                    "history", #"{"channel":"\#(channel)",\#(whole(body).dropFirst())"#)
                #expect(reply["error"]?["code"]?.int == code, "\(channel) \(body)")
                #expect((reply["history"] != nil) == (code == nil), "\(channel) \(body)")
            }
            let client = try await open(0, "1:7:x")
            let place = #""offset":18446744073709551615,"epoch":"LONG","flag":-9223372036854775808"#
            let again = await client.command(
                "subscribe", whole(#"{"channel":"last:2","recover":true,\#(place)}"#))
            #expect(again["subscribe"] != nil || again["error"]?["code"]?.int == 112)
            #expect(
                await client.command("unsubscribe", whole(#"{"channel":"LONG"}"#))["unsubscribe"] != nil)
        }
    }

    private static let fatal: [(frame: String, code: UInt16)] = [
        (#"{"id":5,"connect":{"token":"1:7:x"}}"#, 3501), (#"{"id":5,"refresh":{}}"#, 3500),
        (#"{"id":5,"refresh":{"token":"LONG"}}"#, 3500), (#"{"send":{}}"#, 3501),
        (#"{"send":{"data":}}"#, 3501), (#"{"rpc":{"method":"note"}}"#, 3501),
        (#"{"id":-1,"ping":{}}"#, 3501), (#"{"id":"5","ping":{}}"#, 3501),
        (#"{"id":4294967296,"ping":{}}"#, 3501), ("", 3501), ("\n", 3501), ("null", 3501), ("{}{}", 3501),
        (#"{"id":5,"ping":{}"#, 3501), (#"{"id":5,"id":6,"ping":{}}"#, 3501),
    ]

    @Test func `ends the connection where no reply could be found by its sender`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            for (frame, code) in Self.fatal {
                let client = try await open(0, "1:7:x")
                client.sendRaw(whole(frame))
                await client.until { client.isClosed }
                #expect(client.closeCode == code, "\(frame)")
            }
        }
    }

    @Test func `is passed over in signals, which nobody answers`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            for data in ["7", "[]", "null", #""x""#, #"{"type":7}"#, #"{"type":"LONG"}"#] {
                client.sendRaw(whole(#"{"send":{"data":\#(data)}}"#))
                #expect(await client.command("ping", "{}")["ping"] != nil, "\(data)")
            }
        }
    }

    private static let early: [(frame: String, code: UInt16)] = [
        (#"{"id":1,"ping":{}}"#, 3501), (#"{"id":0,"connect":{"token":"1:7:x"}}"#, 3501),
        (#"{"send":{"data":1}}"#, 3501), (#"{"id":1,"connect":[]}"#, 3501),
        (#"{"id":1,"connect":{"token":"1:7"}}"#, 3500), (#"{"id":1,"connect":{}}"#, 3500),
        (#"{"id":1}"#, 3501), ("{}", 3501),
    ]

    @Test func `ends the connection before it is let in`() async throws {
        let site = try await LiveSite.start()
        try await site.run { _ in
            for (frame, code) in Self.early {
                let client = try await site.knock(0)
                client.sendRaw(frame)
                await client.until { client.isClosed }
                #expect(client.closeCode == code, "\(frame)")
            }
        }
    }
}
