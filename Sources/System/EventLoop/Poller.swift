import CLinux
import Glibc

/// What a descriptor is ready for, or is watched for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes, a connection or an end of file can be read.
    package static let readable = Readiness(rawValue: UInt32(CLINUX_EPOLLIN))
    /// Bytes can be written.
    package static let writable = Readiness(rawValue: UInt32(CLINUX_EPOLLOUT))
    /// The peer will send no more (half-close, not close).
    package static let peerFinished = Readiness(rawValue: UInt32(CLINUX_EPOLLRDHUP))
    /// Both directions are gone.
    ///
    /// Reported whether asked for or not.
    package static let hangup = Readiness(rawValue: UInt32(CLINUX_EPOLLHUP))
    /// The descriptor has an error.
    ///
    /// Reported whether asked for or not.
    package static let error = Readiness(rawValue: UInt32(CLINUX_EPOLLERR))
}

/// Hears of a registered descriptor's events, on the loop.
package protocol ReadinessHandler: AnyObject {
    /// Called on the loop with everything that the kernel reported for the descriptor.
    func descriptorIsReady(_ readiness: Readiness)
}

/// Names one registration of a descriptor; stale ones are harmless.
package struct Registration: Sendable, Equatable {
    let slot: UInt32
    let generation: UInt32
}

/// The epoll descriptor and who hears of its events.
///
/// Confined to the loop.
///
/// An event's token carries slot and generation: a bare descriptor number is reused within one batch of events and
/// would hit the wrong handler.
final class Poller {
    private struct Slot {
        var handler: (any ReadinessHandler)?
        var descriptor: CInt
        var generation: UInt32
        var flags: UInt32
    }

    /// Rounds of `epoll_wait` in one go, before the queue's other work has its turn.
    private static let rounds = 8
    private static let batch = 256

    private let epoll: CInt
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private let events = UnsafeMutablePointer<clinux_event>.allocate(capacity: Poller.batch)

    init(epoll: CInt) { self.epoll = epoll }

    deinit { events.deallocate() }

    /// Closes the epoll descriptor; the source's cancel handler alone calls this.
    func closeEpoll() { close(epoll) }

    func add(
        _ descriptor: CInt, _ interest: Readiness, edgeTriggered: Bool, handler: any ReadinessHandler
    ) throws(EventLoopError) -> Registration {
        let position: UInt32
        if let reused = free.popLast() {
            position = reused
        } else {
            position = UInt32(slots.count)
            slots.append(Slot(handler: nil, descriptor: -1, generation: 0, flags: 0))
        }
        let index = Int(position)
        let generation = slots[index].generation &+ 1
        let flags = edgeTriggered ? CLINUX_EPOLLET : 0
        slots[index] = Slot(handler: handler, descriptor: descriptor, generation: generation, flags: flags)
        let token = UInt64(generation) << 32 | UInt64(position)
        guard clinux_epoll_add(epoll, descriptor, interest.rawValue | flags, token) == 0 else {
            let code = errno
            slots[index].handler = nil
            free.append(position)
            throw .system(call: "epoll_ctl", errno: code)
        }
        return Registration(slot: position, generation: generation)
    }

    func modify(_ registration: Registration, _ interest: Readiness) throws(EventLoopError) {
        let index = Int(registration.slot)
        guard slots[index].generation == registration.generation, slots[index].handler != nil else { return }
        let token = UInt64(registration.generation) << 32 | UInt64(registration.slot)
        let flags = slots[index].flags
        guard clinux_epoll_modify(epoll, slots[index].descriptor, interest.rawValue | flags, token) == 0
        else {
            throw .system(call: "epoll_ctl", errno: errno)
        }
    }

    func remove(_ registration: Registration) {
        let index = Int(registration.slot)
        guard slots[index].generation == registration.generation, slots[index].handler != nil else { return }
        _ = clinux_epoll_remove(epoll, slots[index].descriptor)
        slots[index].handler = nil
        slots[index].generation &+= 1
        free.append(registration.slot)
    }

    /// Fetches and tells events until none is left or the bound is reached; the source fires again for the rest.
    func drain() {
        for _ in 0..<Poller.rounds {
            let count = Int(clinux_epoll_wait(epoll, events, CInt(Poller.batch), 0))
            guard count > 0 else { return }
            for position in 0..<count {
                let event = events[position]
                let index = Int(event.token & 0xFFFF_FFFF)
                guard index < slots.count, slots[index].generation == UInt32(event.token >> 32) else {
                    continue
                }
                slots[index].handler?.descriptorIsReady(Readiness(rawValue: event.events))
            }
            guard count == Poller.batch else { return }
        }
    }
}
