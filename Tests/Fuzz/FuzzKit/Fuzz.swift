/// One turn of a fuzzer, as libFuzzer calls it: a target hands its bytes to a check that stops the process where
/// something does not hold.
package enum Fuzz {
    /// Copies libFuzzer's bytes and lets `check` look at them; always 0, which keeps the input as a candidate.
    ///
    /// The bytes are libFuzzer's own and valid during the call only.
    package static func run(
        _ start: UnsafePointer<UInt8>?, _ count: Int, _ check: ([UInt8]) -> Void
    ) -> CInt {
        check(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
}

/// Stops the process with a sentence where `condition` does not hold: libFuzzer then keeps the input.
package func hold(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    if !condition { fatalError(sentence()) }
}

/// Stops the process where two readings of the same thing differ.
package func agree<Value: Equatable>(_ one: Value, _ other: Value, _ sentence: @autoclosure () -> String) {
    if one != other { fatalError("\(sentence()):\n  \(one)\n  \(other)") }
}
