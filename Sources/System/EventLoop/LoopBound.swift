/// A value that is confined to a loop, in a box that may travel between threads.
///
/// Reading the value anywhere but on its loop traps.
// Safety: `value` is reached through `preconditionCurrent` only, so one serial queue alone ever touches it. A box that is
// dropped on another thread may end the value's life there: values must not touch loop state when they are freed.
package struct LoopBound<Value>: @unchecked Sendable {
    private let wrapped: Value
    /// The loop that the value belongs to.
    package let loop: EventLoop

    /// Boxes a value of `loop`; called on the loop, or before the value is used at all.
    package init(_ value: Value, loop: EventLoop) {
        wrapped = value
        self.loop = loop
    }

    /// The value; traps unless the caller runs on its loop.
    package var value: Value {
        loop.preconditionCurrent()
        return wrapped
    }
}
