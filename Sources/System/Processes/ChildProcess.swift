package import Dispatch
import EventLoop
import Glibc
import Synchronization

/// A program started by this process, with a thread of its own that starts it and waits for its end.
///
/// The thread lives as long as the program: the kernel sends the parent's death signal when the *thread* that
/// started a process ends, not the process.
package final class ChildProcess: Sendable {
    /// The number of the process.
    package let pid: Int32
    private let state: Mutex<Int32?>
    private let ended: DispatchGroup

    private init(pid: pid_t, state: consuming Mutex<Int32?>, ended: DispatchGroup) {
        self.pid = pid
        self.state = state
        self.ended = ended
    }

    /// The status of `waitpid`; `nil` while the program runs.
    package var exitStatus: Int32? { state.withLock { $0 } }

    package var isRunning: Bool { exitStatus == nil }

    /// Sends a signal unless the program has ended.
    package func signal(_ number: Int32) {
        // Under the lock: the number stays ours until `waitpid` took it, which notes it under the lock.
        state.withLock { if $0 == nil { kill(pid, number) } }
    }

    /// Blocks until the program ends; `false` when `limit` passed first.
    package func waitForEnd(atMost limit: Duration) -> Bool {
        let nanoseconds = Int(limit.wholeMilliseconds) * 1_000_000
        return ended.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }

    /// Calls `body` once, on `queue`, when the program has ended; at once when it has already.
    package func whenEnded(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        ended.notify(queue: queue, execute: body)
    }

    /// Starts a program; blocks for as long as that takes.
    ///
    /// - Parameters:
    ///   - command: The absolute path, then the arguments.
    ///   - output: The file that its output is appended to.
    ///   - environment: Its variables besides `PATH`, `LC_ALL` and `TZ`, which are fixed unless they are named here.
    ///     Unlike arguments, which everybody on the machine can list, they may hold secrets.
    /// - Returns: The running program.
    /// - Throws: ``ProcessError``.
    package static func start(
        _ command: [String], output: String, environment: [String: String] = [:]
    ) throws(ProcessError) -> ChildProcess {
        let handover = Handover()
        let thread = KeeperThread {
            let result = spawn(command, output: output, environment: environment)
            let ended = DispatchGroup()
            switch result {
            case .failure(let error): handover.finish(.failure(error))
            case .success(let pid):
                ended.enter()
                let child = ChildProcess(pid: pid, state: Mutex(nil), ended: ended)
                handover.finish(.success(child))
                child.awaitEnd()
            }
        }
        guard thread.start() else {
            throw ProcessError(call: "pthread_create", path: command[0], errno: EAGAIN)
        }
        return try handover.result().get()
    }

    private func awaitEnd() {
        // Looks without taking first, so that `signal` never hits a number that was given to another process.
        let information = UnsafeMutablePointer<siginfo_t>.allocate(capacity: 1)
        defer { information.deallocate() }
        while waitid(P_PID, id_t(pid), information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state = status
        }
        ended.leave()
    }

    private static let fixedVariables = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC",
    ]

    private static func spawn(
        _ command: [String], output: String, environment: [String: String]
    ) -> Result<pid_t, ProcessError> {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own, so that a terminal's Ctrl-C reaches us alone; signals as a fresh process has
        // them.
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Int16(0x80 /* POSIX_SPAWN_SETSID */))
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, output, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        for descriptor in inheritableDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        arguments.append(nil)
        var variables: [UnsafeMutablePointer<CChar>?] = fixedVariables.merging(environment) { $1 }
            .sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
        variables.append(nil)
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &variables)
        return code == 0
            ? .success(pid) : .failure(ProcessError(call: "posix_spawn", path: command[0], errno: code))
    }

    /// Descriptors that a child would get from us though it should not: a pipe of our own parent, say, whose
    /// reader would wait for the server to end.
    private static func inheritableDescriptors() -> [CInt] {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var found: [CInt] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let number = CInt(name), number > 2 else { continue }
            let flags = fcntl(number, F_GETFD)
            if flags >= 0, flags & FD_CLOEXEC == 0 { found.append(number) }
        }
        return found
    }

    /// Carries the started process from its thread to the caller.
    private final class Handover: Sendable {
        private let value = Mutex<Result<ChildProcess, ProcessError>?>(nil)
        private let done = DispatchSemaphore(value: 0)

        func finish(_ result: Result<ChildProcess, ProcessError>) {
            value.withLock { $0 = result }
            done.signal()
        }

        func result() -> Result<ChildProcess, ProcessError> {
            done.wait()
            return value.withLock { $0 }
                ?? .failure(ProcessError(call: "posix_spawn", path: "", errno: EAGAIN))
        }
    }
}

/// A plain thread that runs one closure and ends.
private final class KeeperThread: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Starts the thread; `false` when the system has none left.
    func start() -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<KeeperThread>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
