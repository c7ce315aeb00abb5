import Dispatch
import Glibc
import Processes
import Testing

struct `A child process` {
    @Test func `ends with its status, once`() throws {
        let child = try ChildProcess.start(["/bin/sh", "-c", "exit 3"], output: "/dev/null")
        #expect(child.waitForEnd(atMost: .seconds(20)))
        #expect(child.exitStatus.map { ($0 >> 8) & 0xFF } == 3)
        #expect(!child.isRunning)
        child.signal(SIGKILL)
    }

    @Test func `is signalled and waited for within a limit`() throws {
        let child = try ChildProcess.start(["/bin/sleep", "60"], output: "/dev/null")
        #expect(child.isRunning)
        #expect(!child.waitForEnd(atMost: .milliseconds(1)))
        child.signal(SIGTERM)
        #expect(child.waitForEnd(atMost: .seconds(20)))
        #expect(child.exitStatus == SIGTERM)
    }

    @Test func `is given variables, and inherits none`() throws {
        setenv("COHORT_TEST_INHERITED", "1", 1)
        defer { unsetenv("COHORT_TEST_INHERITED") }
        let check = #"test "$SECRET" = "a b" && test -z "$COHORT_TEST_INHERITED" && test "$TZ" = UTC"#
        let child = try ChildProcess.start(
            ["/bin/sh", "-c", check], output: "/dev/null", environment: ["SECRET": "a b"])
        #expect(child.waitForEnd(atMost: .seconds(20)))
        #expect(child.exitStatus == 0)
    }

    @Test(.timeLimit(.minutes(1))) func `says when it has ended, also to those who ask late`() async throws {
        let child = try ChildProcess.start(["/bin/sh", "-c", "exit 0"], output: "/dev/null")
        for _ in 0..<2 {
            await withCheckedContinuation { continuation in
                child.whenEnded(on: .global()) { continuation.resume() }
            }
            #expect(!child.isRunning)
        }
    }

    @Test func `says which program cannot be started`() {
        #expect(throws: ProcessError(call: "posix_spawn", path: "/no/such/program", errno: ENOENT)) {
            try ChildProcess.start(["/no/such/program"], output: "/dev/null")
        }
    }
}
