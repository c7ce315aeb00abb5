import Synchronization

/// A number that only grows.
///
/// Any thread may count.
package final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    package init() {}

    /// Counts `amount` more.
    package func add(_ amount: Int = 1) { count.wrappingAdd(UInt64(clamping: amount), ordering: .relaxed) }

    /// The count so far.
    package var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
///
/// Any thread may change it.
package final class Gauge: Sendable {
    private let level = Atomic<Int64>(0)

    package init() {}

    package func set(_ value: Int) { level.store(Int64(value), ordering: .relaxed) }

    /// Adds `amount`, which may be negative.
    package func add(_ amount: Int) { level.wrappingAdd(Int64(amount), ordering: .relaxed) }

    /// The present value.
    package var value: Int64 { level.load(ordering: .relaxed) }
}
