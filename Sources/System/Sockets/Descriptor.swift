import Glibc

/// One open descriptor, closed exactly once, when its owner goes away.
package struct Descriptor: ~Copyable, Sendable {
    private let number: CInt

    /// Takes over `number`; nobody else may use or close it from here on.
    package init(owning number: CInt) { self.number = number }

    deinit { close(number) }

    /// The descriptor's number, for a system call within the owner's life.
    package var raw: CInt { number }

    /// Gives the descriptor away: the receiver closes it.
    package consuming func release() -> CInt {
        let released = number
        discard self
        return released
    }
}
