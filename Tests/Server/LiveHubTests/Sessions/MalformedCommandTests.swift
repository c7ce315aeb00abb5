import EventLoop
import JSON
@testable import LiveHub
import TestKit
import Testing

private let long = String(repeating: "n", count: 50_000)

/// Commands whose form is right and whose content is nonsense: each has its error, or ends the connection with a code.
struct `Nonsense in commands` {
    @Test(
        arguments: [
            ("subscribe", #"{"channel":"\#(long)"}"#, 107), ("subscribe", #"{"channel":":"}"#, 102),
            ("subscribe", #"{"channel":"no \" name:*"}"#, 102), ("subscribe", #"{"channel":"blink:é"}"#, 102),
            ("subscribe", #"{"channel":"blink:1","delta":"\#(long)"}"#, 107),
            ("subscribe", #"{"channel":"blink:1","tf":7}"#, 107),
            ("subscribe", #"{"channel":"blink:1","tf":{"op":"nor","nodes":[]}}"#, 107),
            ("subscribe", #"{"channel":"plain","token":"\#(long)"}"#, 103),
            ("subscribe", #"{"channel":"last:1","token":"\#(long)"}"#, 103),
            ("publish", #"{"channel":"\#(long)","data":1}"#, 102),
            ("publish", #"{"channel":"blink:1","data":1}"#, 103),
            ("presence", #"{"channel":"\#(long)"}"#, 103),
            ("presence_stats", #"{"channel":"\#(long)"}"#, 103),
            ("history", #"{"channel":"\#(long)","limit":-2147483648}"#, 103),
            ("rpc", #"{"data":{}}"#, 104), ("rpc", #"{"method":"\#(long)"}"#, 104),
            ("rpc", #"{"method":"note"}"#, 107),
            ("rpc", #"{"method":"note","data":[1]}"#, 107),
            ("rpc", #"{"method":"note","data":{"text":null}}"#, 107),
            ("sub_refresh", #"{"channel":"\#(long)","token":"x"}"#, 103),
            ("sub_refresh", #"{"channel":"blink:1"}"#, 103), ("teleport", "{}", 104), ("error", "{}", 104),
        ])
    func `is answered with an error, and the connection goes on`(command: String, body: String, code: Int)
        async throws
    {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            let reply = await client.command(command, body)
            #expect(reply["error"]?["code"]?.int == code)
            #expect((reply["error"]?["message"]?.string?.utf8.count ?? .max) < 300)
            #expect(await client.command("ping", "{}")["ping"] != nil)
        }
    }

    @Test(
        arguments: [
            ("app:x", #"{"limit":-2147483648,"reverse":true}"#, nil),
            ("app:x", #"{"limit":2147483647}"#, nil),
            ("app:x", #"{"limit":5,"since":{"offset":18446744073709551615,"epoch":"\#(long)"}}"#, 112),
            ("app:x", #"{"limit":5,"since":{"offset":18446744073709551615}}"#, nil),
            ("app:x", #"{"limit":5,"since":{},"reverse":true}"#, nil),
            ("notes:1", #"{"limit":-1,"since":{"offset":18446744073709551615,"epoch":"x"}}"#, 112),
            ("notes:1", #"{"limit":2147483647,"reverse":true}"#, nil), ("blink:1", #"{"limit":1}"#, 108),
        ] as [(String, String, Int?)])
    func `is answered where history is asked for from places that there are not`(
        channel: String, body: String, code: Int?
    ) async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            _ = await client.command("subscribe", #"{"channel":"\#(channel)"}"#)
            let reply = await client.command("history", #"{"channel":"\#(channel)",\#(body.dropFirst())"#)
            #expect(reply["error"]?["code"]?.int == code)
            #expect((reply["history"] != nil) == (code == nil))
            let again = await client.command(
                "subscribe",
                #"{"channel":"last:2","recover":true,"offset":18446744073709551615,"epoch":"\#(long)","flag":-9223372036854775808}"#
            )
            #expect(again["subscribe"] != nil || again["error"]?["code"]?.int == 112)
            #expect(await client.command("unsubscribe", #"{"channel":"\#(long)"}"#)["unsubscribe"] != nil)
        }
    }

    @Test(
        arguments: [
            (#"{"id":5,"connect":{"token":"1:7:x"}}"#, 3501), (#"{"id":5,"refresh":{}}"#, 3500),
            (#"{"id":5,"refresh":{"token":"\#(long)"}}"#, 3500), (#"{"send":{}}"#, 3501),
            (#"{"send":{"data":}}"#, 3501),
            (#"{"rpc":{"method":"note"}}"#, 3501), (#"{"id":-1,"ping":{}}"#, 3501),
            (#"{"id":"5","ping":{}}"#, 3501),
            (#"{"id":4294967296,"ping":{}}"#, 3501), ("", 3501), ("\n", 3501), ("null", 3501), ("{}{}", 3501),
            (#"{"id":5,"ping":{}"#, 3501), (#"{"id":5,"id":6,"ping":{}}"#, 3501),
        ] as [(String, UInt16)])
    func `ends the connection where no reply could be found by its sender`(frame: String, code: UInt16)
        async throws
    {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            client.sendRaw(frame)
            await client.until { client.isClosed }
            #expect(client.closeCode == code)
        }
    }

    @Test(arguments: ["7", "[]", "null", #""x""#, #"{"type":7}"#, #"{"type":"\#(long)"}"#])
    func `is passed over in signals, which nobody answers`(data: String) async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let client = try await open(0, "1:7:x")
            client.sendRaw(#"{"send":{"data":\#(data)}}"#)
            #expect(await client.command("ping", "{}")["ping"] != nil)
        }
    }

    @Test(arguments: [
        #"{"id":1,"ping":{}}"#, #"{"id":0,"connect":{"token":"1:7:x"}}"#, #"{"send":{"data":1}}"#,
        #"{"id":1,"connect":[]}"#,
        #"{"id":1,"connect":{"token":"1:7"}}"#, #"{"id":1,"connect":{}}"#, #"{"id":1}"#, "{}",
    ])
    func `ends the connection before it is let in`(frame: String) async throws {
        let site = try await LiveSite.start()
        try await site.run { _ in
            let client = try await site.knock(0)
            client.sendRaw(frame)
            await client.until { client.isClosed }
            #expect(
                client.closeCode
                    == (frame.contains(#""connect":{"#) && !frame.contains(#""id":0"#) ? 3500 : 3501))
        }
    }
}
