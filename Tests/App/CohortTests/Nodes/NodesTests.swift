import Foundation
import Glibc
import JSON
import Processes
import Synchronization
import Testing

@testable import Cohort

struct `HAProxy's configuration` {
    @Test func `is what deploy shows to operators`() throws {
        let root = #filePath.components(separatedBy: "/Tests/App/")[0]
        let shown = try String(contentsOfFile: root + "/deploy/haproxy.cfg", encoding: .utf8)
        let settings = HAProxySettings(
            bind: ":80", servers: (1...3).map { .init(name: "node-\($0)", address: "10.0.0.1\($0):8080") },
            account: "haproxy")
        #expect(settings.text == shown)
    }

    @Test func `names no account in the demo`() {
        let text = HAProxySettings(bind: "127.0.0.1:1", servers: []).text
        #expect(!text.contains("user ") && !text.contains("group "))
        #expect(text.contains("    bind 127.0.0.1:1\n"))
    }
}

struct `The plan of a demo's nodes` {
    private func hooks(_ text: String? = nil, fault: String? = nil) throws -> DemoTestHooks {
        try DemoTestHooks(
            environment: [DemoTestHooks.nodesVariable: text ?? "", DemoTestHooks.faultVariable: fault ?? ""],
            isAllowed: true)
    }

    @Test func `tells each node its own name and port, and all the same secrets`() throws {
        let plan = NodePlan.all(
            ports: [10, 20],
            common: ["COHORT_TOKEN_SECRET": "s", "COHORT_NODE_NAME": "demo", "HOME": "/root"],
            redisURL: "redis://:p@127.0.0.1:30", hooks: try hooks())
        #expect(plan.map(\.name) == ["node-1", "node-2"])
        #expect(plan.map(\.liveURL)[1] == "ws://127.0.0.1:20/connection/websocket")
        #expect(
            plan[1].variables == [
                "COHORT_TOKEN_SECRET": "s", "COHORT_NODE_NAME": "node-2", "HOME": "/root",
                "COHORT_LISTEN_HOST": "127.0.0.1", "COHORT_LISTEN_PORT": "20",
                "COHORT_REDIS_URL": "redis://:p@127.0.0.1:30", "COHORT_WEB_TRUSTED_PROXIES": "127.0.0.1",
            ])
        #expect(plan.allSatisfy { $0.firstVariables.isEmpty })
    }

    @Test func `trusts the balancer besides whom it trusted`() throws {
        let plan = NodePlan.all(
            ports: [10], common: ["COHORT_WEB_TRUSTED_PROXIES": "10.0.0.0/8"], redisURL: nil,
            hooks: try hooks())
        #expect(plan[0].variables["COHORT_WEB_TRUSTED_PROXIES"] == "10.0.0.0/8,127.0.0.1")
        #expect(plan[0].variables["COHORT_REDIS_URL"] == nil)
    }

    @Test func `lets tests tell single nodes something else, and the first one once of a fault`() throws {
        let hooks = try hooks(
            #"{"*":{"COHORT_REDIS_URL":"redis://a"},"node-2":{"COHORT_REDIS_URL":"redis://b","X":"1"}}"#,
            fault: "before_commit:3")
        let plan = NodePlan.all(ports: [1, 2, 3], common: [:], redisURL: nil, hooks: hooks)
        #expect(hooks.hasRedis)
        #expect(plan.map { $0.variables["COHORT_REDIS_URL"] } == ["redis://a", "redis://b", "redis://a"])
        #expect(plan.map { $0.variables["X"] } == [nil, "1", nil])
        #expect(plan.map { $0.firstVariables["COHORT_FAULT_POINT"] } == ["before_commit:3", nil, nil])
        #expect(plan.allSatisfy { $0.variables["COHORT_FAULT_POINT"] == nil })
    }

    @Test(arguments: [(2, 1, 1), (3, 2, 1), (2, 4, 2), (3, 8, 3), (64, 1, 1)])
    func `shares the CPUs out`(nodes: Int, cpus: Int, loops: Int) {
        #expect(NodePlan.loops(nodes: nodes, cpus: cpus) == loops)
    }

    @Test(arguments: [
        (["COHORT_FAULT_POINT": "before_commit"], false, "--test-endpoints is not given"),
        (["COHORT_TEST_NODE_VARIABLES": "{}"], false, "--test-endpoints is not given"),
        (["COHORT_FAULT_POINT": "nowhere"], true, "must be NAME:PASSES"),
        (["COHORT_FAULT_POINT": "before_commit:0"], true, "must be NAME:PASSES"),
        (["COHORT_TEST_NODE_VARIABLES": "[1"], true, "is no JSON object"),
    ])
    func `refuses variables for tests`(environment: [String: String], isAllowed: Bool, sentence: String) {
        do {
            _ = try DemoTestHooks(environment: environment, isAllowed: isAllowed)
            Issue.record("nothing was refused")
        } catch {
            #expect("\(error)".contains(sentence))
        }
    }
}

struct `A program that is kept` {
    @Test func `waits longer each time it does not last, and begins anew once it has lasted`() {
        var pause = RestartPause()
        let quick = (0..<7).map { _ in pause.next(afterRunningFor: .seconds(2)) }
        #expect(quick == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        #expect(pause.next(afterRunningFor: .seconds(10)) == .seconds(1))
        #expect(pause.next(afterRunningFor: .seconds(9)) == .seconds(2))
    }

    @Test(arguments: [
        (0, "ended with status 0"), (3 << 8, "ended with status 3"), (9, "was ended by signal 9"),
    ])
    func `ends in words`(status: Int32, sentence: String) {
        #expect(KeptProcess.sentence(status: status) == sentence)
    }

    @Test(.timeLimit(.minutes(1)))
    func `is started again when it is killed, and not when it is stopped`() async throws {
        let (reports, reporter) = AsyncStream.makeStream(of: String.self)
        let starts = Mutex<[Bool]>([])
        let kept = KeptProcess("sleeper", report: { reporter.yield($0) }) { isFirst in
            starts.withLock { $0.append(isFirst) }
            return .init(process: try ChildProcess.start(["/bin/sleep", "600"], output: "/dev/null"))
        }
        try kept.start()
        kept.keep()
        let first = try #require(kept.pid)
        kill(first, SIGKILL)
        var heard = reports.makeAsyncIterator()
        #expect(
            await heard.next()
                == "sleeper (pid \(first)) was ended by signal 9; it is started again in 1 s")
        let again = try #require(await heard.next())
        let second = try #require(kept.pid)
        #expect(second != first && again == "sleeper is started again (pid \(second))")
        #expect(kept.stop(within: .seconds(20)))
        #expect(!kept.isRunning)
        #expect(starts.withLock { $0 } == [true, false])
        reporter.finish()
        #expect(await heard.next() == nil)
    }
}

struct `Ports of the loopback` {
    @Test func `are different ones, which can be listened at`() {
        let ports = LoopbackPort.free(20)
        #expect(Set(ports).count == 20)
        #expect(ports.allSatisfy { $0 >= 10_000 })
    }

    @Test func `are not ready where nobody listens`() throws {
        let port = try #require(LoopbackPort.free(1).first)
        #expect(!LoopbackPort.isReady("127.0.0.1", port))
        #expect(!LoopbackPort.isReady("::1", port))
    }
}
