import EventLoop
import JSON
import LiveProtocol
import TestKit
import Testing
import WebSocket

@testable import LiveHub

struct `The budget for compressing what one session receives` {
    private let dialect = Dialect(form: .json, window: 15)

    @Test func `is a million bytes at once and a second`() {
        let compressor = FrameCompressor()
        let second: Int64 = 1_000_000_000
        func take(_ count: Int, now: Int64) -> Bool {
            compressor.personal([UInt8](repeating: 0x20, count: count), dialect, now: now) != nil
        }
        let half = FrameCompressor.personalBytes.burst / 2
        for _ in 0..<2 { #expect(take(half, now: second)) }
        #expect(!take(256, now: second))
        #expect(!take(half + 256, now: second * 3 / 2))
        #expect(take(half, now: second * 3 / 2))
        // However long nothing was compressed.
        #expect(!take(2 * half + 1, now: 100 * second))
        #expect(take(2 * half, now: 100 * second))
        #expect(!take(256, now: 100 * second) && take(2 * half, now: 101 * second))
    }

    @Test func `is not for what many receive`() {
        let compressor = FrameCompressor()
        let text = Array(String(repeating: "what is said ", count: 40_000).utf8)
        #expect(compressor.personal(text, dialect, now: 0) != nil)
        #expect(compressor.personal(text, dialect, now: 0) != nil)
        #expect(compressor.personal(text, dialect, now: 0) == nil)
        #expect(compressor.shared(text, dialect) != nil)
        #expect(compressor.personal(text, dialect, now: 1_000_000_000) != nil)
        #expect(compressor.shared(text, .plain) == nil)
        #expect(compressor.totals.messages == 4)
    }
}

struct `Compression of a session` {
    private static let long = String(repeating: "a line that somebody has written; ", count: 30)

    private func offer(_ parameters: String = "") -> [(String, String)] {
        [("Sec-WebSocket-Extensions", "permessage-deflate\(parameters)")]
    }

    private func comer(
        _ site: LiveSite, _ loop: Int, _ parameters: String = "", token: String = "app:ada"
    ) async throws -> LiveClient {
        let client = try await site.knock(loop, fields: offer(parameters))
        _ = await client.command("connect", #"{"token":"\#(token)"}"#)
        return client
    }

    /// What the loops have compressed so far; they say so once a second.
    private func compressed(_ site: LiveSite) -> UInt64 { site.hub.counters.sum.compressed.messages }

    @Test func `is agreed to where the client offers it, and only there`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let offering = try await site.knock(0, fields: offer("; client_max_window_bits"))
            #expect(
                offering.response.contains(
                    "permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"))
            let silent = try await open(0, "app:ada")
            #expect(!silent.response.contains("permessage-deflate"))
            // zlib makes no such window: the connection goes on as it is.
            let small = try await comer(site, 0, "; server_max_window_bits=8")
            #expect(!small.response.contains("permessage-deflate") && !small.isClosed)
        }
    }

    @Test func `shares one message among all who have the same window`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            var members: [LiveClient] = []
            for _ in 0..<8 { members.append(try await comer(site, 0)) }
            for _ in 0..<3 { members.append(try await comer(site, 0, "; server_max_window_bits=10")) }
            let plain = try await open(0, "app:eve")
            for member in members + [plain] {
                _ = await member.command("subscribe", #"{"channel":"blink:a"}"#)
            }
            for number in 1...5 {
                _ = await plain.command(
                    "publish", #"{"channel":"blink:a","data":{"n":\#(number),"text":"\#(Self.long)"}}"#)
            }
            for member in members + [plain] {
                await member.until { member.pushes("blink:a").count == 5 }
                #expect(member.pushes("blink:a").compactMap { $0["data"]?["n"]?.int } == [1, 2, 3, 4, 5])
                #expect(member.pushes("blink:a").allSatisfy { $0["data"]?["text"]?.string == Self.long })
            }
            for member in members {
                #expect(member.compressed.count == 5)
                #expect(member.compressed.allSatisfy { $0.bytes * 3 < $0.text.utf8.count })
            }
            #expect(plain.compressed.isEmpty)
            // Five messages in two windows, whoever is there.
            let beat = site.clients.now + .seconds(30)
            while compressed(site) < 10, site.clients.now < beat { _ = await plain.command("ping", "{}") }
            #expect(compressed(site) == 10)
        }
    }

    @Test func `leaves short messages and what has to do with credentials as they are`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await comer(site, 0, token: "app:ada:news")
            _ = await ada.command("subscribe", #"{"channel":"app:x"}"#)
            _ = await ada.command("publish", #"{"channel":"app:x","data":"short"}"#)
            await ada.until { ada.pushes("app:x").count == 1 }
            #expect(ada.compressed.isEmpty)

            for number in 1...8 {
                _ = await ada.command("publish", #"{"channel":"news","data":"\#(number) \#(Self.long)"}"#)
            }
            // A connect reply holds what went on meanwhile: thousands of bytes, and never compressed.
            let again = try await site.knock(0, fields: offer())
            let hello = await again.command(
                "connect", #"{"token":"app:ada:news","subs":{"news":{"recover":true,"offset":5,"epoch":""}}}"#
            )
            #expect((hello["connect"]?["subs"]?["news"]?["publications"]?.array?.count ?? 0) > 0)
            #expect(again.compressed.isEmpty)
            // History is.
            _ = await again.command("history", #"{"channel":"news","limit":4}"#)
            #expect(again.compressed.count == 1 && again.compressed[0].text.contains("publications"))
        }
    }

    @Test func `reads what clients compress, and ends who sends a bomb or rubbish`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let deflater = MessageDeflater()
            let ada = try await comer(site, 0)
            let command = #"{"id":77,"rpc":{"method":"\#(Self.long)"}}"#
            let short = deflater.deflate(Array(command.utf8).span, window: 15)
            ada.sendBytes(try #require(short), compressed: true)
            await ada.until { ada.isClosed || ada.messages.contains { $0["id"]?.int == 77 } }
            #expect(!ada.isClosed)

            let made = deflater.deflate([UInt8](repeating: 0x20, count: 32 << 20).span, window: 15)
            let bomb = try #require(made)
            #expect(bomb.count < 64 << 10)
            ada.sendBytes(bomb, compressed: true)
            await ada.until { ada.closeCode != nil }
            #expect(ada.closeCode == 1009)

            let bob = try await comer(site, 0)
            bob.sendBytes([0xFF, 0xFF, 0xFF], compressed: true)
            await bob.until { bob.closeCode != nil }
            #expect(bob.closeCode == 1007)

            // Who has not agreed may not.
            let eve = try await open(0, "app:eve")
            eve.sendBytes([0x00], compressed: true)
            await eve.until { eve.closeCode != nil }
            #expect(eve.closeCode == 1002)
        }
    }

    @Test func `goes together with differences and filters`() async throws {
        let site = try await LiveSite.start()
        try await site.run { open in
            let ada = try await comer(site, 0)
            let bob = try await comer(site, 0)
            let token = #""channel":"news","token":"ada news""#
            _ = await ada.command("subscribe", "{\(token),\"delta\":\"fossil\"}")
            _ = await bob.command("subscribe", "{\(token)}")
            for number in 1...3 {
                _ = await bob.command("publish", #"{"channel":"news","data":"\#(Self.long)\#(number)"}"#)
            }
            await ada.until { ada.offsets("news") == [1, 2, 3] }
            await bob.until { bob.offsets("news") == [1, 2, 3] }
            #expect(bob.compressed.count == 3)
            // The first comes whole; differences are too short to be compressed.
            #expect(ada.compressed.count == 1)
            #expect(ada.pushes("news").dropFirst().allSatisfy { $0["delta"]?.bool == true })
        }
    }
}
