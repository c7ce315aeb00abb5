import EventLoop
import LiveHub
import Redis
import TestKit
import Testing

@testable import LiveHub

struct `A probe` {
    @Test func `comes back through one server`() async throws {
        try await Self.check(try await RedisRig.shared(), shards: 1)
    }

    @Test func `comes back through every master of a cluster`() async throws {
        try await Self.check(try await RedisRig.sharedCluster(), shards: 3)
    }

    @Test func `does not come back when the server is gone`() async throws {
        let rig = try await RedisRig.start()
        let loop = try EventLoop(index: 0, label: "probes")
        let broker = try await loop.perform { LoopBound(try await rig.broker(on: loop), loop: loop) }
        await rig.kill()
        try await loop.perform {
            for _ in 0..<10 { _ = broker.value.probe() }
            #expect(!broker.value.probe().isIntact)
            broker.value.close()
        }
    }

    private static func check(_ rig: RedisRig, shards: Int) async throws {
        let loop = try EventLoop(index: 0, label: "probes")
        try await loop.perform {
            let broker = try await rig.broker(on: loop)
            // A look each moment until one round has found all of them heard.
            var hearing = broker.probe()
            let end = loop.now + .seconds(30)
            var streak = 0
            while streak < 3, loop.now < end {
                await withCheckedContinuation { continuation in
                    loop.schedule(after: .milliseconds(30)) { continuation.resume() }
                }
                hearing = broker.probe()
                streak = hearing.longestSilence == 0 && hearing.tried == shards ? streak + 1 : 0
            }
            #expect(streak == 3)
            #expect(hearing.tried == shards)
            broker.close()
        }
    }
}
