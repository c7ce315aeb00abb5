import Dispatch
import Foundation
import CLinux
import COpenSSL

final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue
    init(label: String) { queue = DispatchQueue(label: label) }
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}

final class Conn {
    let fd: Int32
    var open = false
    var buf: [UInt8] = []
    var slot = 0
    init(fd: Int32) { self.fd = fd }
}

/// One loop: a serial dispatch queue and one read source on an epoll descriptor.
actor Loop {
    let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    let ep = linux_epoll_create()
    var source: (any DispatchSourceRead)?
    var conns: [Int32: Conn] = [:]
    var members: [Conn] = []
    var pending: [UInt8] = []
    var flushScheduled = false
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
    var events = [linux_event](repeating: linux_event(), count: 256)
    var peers: [Loop] = []
    let perConnSource: Bool
    init(_ i: Int, perConnSource: Bool) {
        executor = QueueExecutor(label: "loop-\(i)"); self.perConnSource = perConnSource
    }
    func start(peers: [Loop]) {
        self.peers = peers
        let s = DispatchSource.makeReadSource(fileDescriptor: ep, queue: executor.queue)
        s.setEventHandler { self.assumeIsolated { $0.drain() } }
        s.activate(); source = s
    }
    func adopt(_ fd: Int32) {
        let c = Conn(fd: fd); conns[fd] = c
        if perConnSource {
            let s = DispatchSource.makeReadSource(fileDescriptor: fd, queue: executor.queue)
            s.setEventHandler { self.assumeIsolated { l in if let c = l.conns[fd] { l.readable(c) } } }
            s.activate(); sources[fd] = s
        } else {
            linux_epoll_add(ep, fd, EPOLLIN.rawValue, UInt64(fd))
        }
    }
    var sources: [Int32: any DispatchSourceRead] = [:]
    func drain() {
        var rounds = 0
        while rounds < 8 {
            let n = Int(linux_epoll_wait(ep, &events, 256, 0))
            if n <= 0 { break }
            for i in 0..<n { if let c = conns[Int32(truncatingIfNeeded: events[i].token)] { readable(c) } }
            rounds += 1
            if n < 256 { break }
        }
    }
    func readable(_ c: Conn) {
        let n = read(c.fd, scratch.baseAddress, scratch.count)
        if n <= 0 { if n < 0 && (errno == EAGAIN) { return }; drop(c); return }
        if !c.open {
            c.buf.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[0..<n]))
            guard let s = String(bytes: c.buf, encoding: .utf8), s.hasSuffix("\r\n\r\n") else { return }
            var key = ""
            for line in s.split(separator: "\r\n") where line.lowercased().hasPrefix("sec-websocket-key:") {
                key = line.dropFirst(18).trimmingCharacters(in: .whitespaces)
            }
            var md = [UInt8](repeating: 0, count: 20)
            let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
            _ = SHA1(input, input.count, &md)
            let accept = Data(md).base64EncodedString()
            let r =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(accept)\r\n\r\n"
            _ = Array(r.utf8).withUnsafeBytes { write(c.fd, $0.baseAddress, $0.count) }
            c.open = true; c.buf = []; c.slot = members.count; members.append(c)
            return
        }
        if c.buf.isEmpty {
            let used = parse(c, UnsafeMutableRawBufferPointer(rebasing: scratch[0..<n]));
            if used < n { c.buf.append(contentsOf: scratch[used..<n]) }
        } else {
            c.buf.append(contentsOf: scratch[0..<n])
            var b = c.buf; c.buf = []
            let used = b.withUnsafeMutableBytes { parse(c, $0) }
            if used < b.count { c.buf = Array(b[used...]) }
        }
    }
    func parse(_ c: Conn, _ b: UnsafeMutableRawBufferPointer) -> Int {
        var i = 0
        while b.count - i >= 6 {
            let op = b[i] & 15
            var len = Int(b[i + 1] & 127); var h = 2
            if len == 126 { if b.count - i < 8 { return i }; len = Int(b[i + 2]) << 8 | Int(b[i + 3]); h = 4 }
            if b.count - i < h + 4 + len { return i }
            let m = (b[i + h], b[i + h + 1], b[i + h + 2], b[i + h + 3])
            let p = UnsafeMutableRawBufferPointer(rebasing: b[(i + h + 4)..<(i + h + 4 + len)])
            var k = 0
            while k + 4 <= len { p[k] ^= m.0; p[k + 1] ^= m.1; p[k + 2] ^= m.2; p[k + 3] ^= m.3; k += 4 }
            if k < len { p[k] ^= m.0; k += 1 }; if k < len { p[k] ^= m.1; k += 1 };
            if k < len { p[k] ^= m.2; k += 1 }
            if op == 1 || op == 2 { publish(op, p) } else if op == 8 { drop(c); return b.count }
            i += h + 4 + len
        }
        return i
    }
    func publish(_ op: UInt8, _ p: UnsafeMutableRawBufferPointer) {
        var frame: [UInt8] = []; frame.reserveCapacity(p.count + 4)
        frame.append(0x80 | op)
        if p.count < 126 {
            frame.append(UInt8(p.count))
        } else {
            frame.append(126); frame.append(UInt8(p.count >> 8)); frame.append(UInt8(p.count & 255))
        }
        frame.append(contentsOf: p)
        for l in peers {
            if l === self {
                enqueue(frame)
            } else {
                let f = frame; l.executor.queue.async { l.assumeIsolated { $0.enqueue(f) } }
            }
        }
    }
    func enqueue(_ f: [UInt8]) {
        pending.append(contentsOf: f)
        if !flushScheduled {
            flushScheduled = true; executor.queue.async { self.assumeIsolated { $0.flush() } }
        }
    }
    func flush() {
        flushScheduled = false
        let b = pending; pending = []
        b.withUnsafeBytes { p in
            for c in members {
                let n = send(c.fd, p.baseAddress, p.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                if n != p.count { /* prototype: drop */ dropped += 1 }
            }
        }
    }
    var dropped = 0
    func drop(_ c: Conn) {
        if let s = sources.removeValue(forKey: c.fd) { s.cancel() }
        close(c.fd); conns[c.fd] = nil
        if c.open {
            let last = members.removeLast(); if last !== c { members[c.slot] = last; last.slot = c.slot }
        }
    }
}
// A prototype of the loop, to measure against: frames only, no protocol, and it drops what does not fit a socket.
//   dispatch-prototype PORT LOOPS [src]      src: a Dispatch source for each connection instead of one epoll
let port = UInt16(CommandLine.arguments[1]) ?? 0
let nloops = Int(CommandLine.arguments[2]) ?? 1
let per = CommandLine.arguments.count > 3
var rl = rlimit(rlim_cur: 1_000_000, rlim_max: 1_000_000);
setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &rl)
let lfd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
var one: Int32 = 1; setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, &one, 4)
var a = sockaddr_in(); a.sin_family = sa_family_t(AF_INET); a.sin_port = port.bigEndian;
a.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
withUnsafePointer(to: &a) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(lfd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
}
listen(lfd, 4096)
let loops = (0..<nloops).map { Loop($0, perConnSource: per) }
for l in loops { await l.start(peers: loops) }
nonisolated func startAccepting(_ lfd: Int32, _ loops: [Loop]) -> any DispatchSourceRead {
    let aq = DispatchQueue(label: "accept")
    let asrc = DispatchSource.makeReadSource(fileDescriptor: lfd, queue: aq)
    // Safety: the event handler alone uses it, on the serial queue `aq`.
    nonisolated(unsafe) var rr = 0
    asrc.setEventHandler {
        while true {
            let fd = linux_accept(lfd); if fd < 0 { break }
            var one: Int32 = 1; setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
            let l = loops[rr % loops.count]; rr += 1
            l.executor.queue.async { l.assumeIsolated { $0.adopt(fd) } }
        }
    }
    asrc.activate()
    return asrc
}
let keep = startAccepting(lfd, loops)
print("listening", port)
while true { try await Task.sleep(for: .seconds(3600)) }
