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

    @Test func `says which program cannot be started`() {
        #expect(throws: ProcessError(call: "posix_spawn", path: "/no/such/program", errno: ENOENT)) {
            try ChildProcess.start(["/no/such/program"], output: "/dev/null")
        }
    }
}
