/// A JSON number, kept as it was written, so that nothing is rounded before somebody asks.
///
/// Two numbers are equal when they are written alike: `1.0` and `1` differ.
package struct JSONNumber: Hashable, Sendable {
    /// The number as RFC 8259 §6 writes it.
    package let text: String

    /// Takes over `text`, which the scanner has found to be a number.
    init(scanned text: String) { self.text = text }

    /// Makes an integer.
    package init(_ value: Int64) { text = value.description }

    /// Makes the shortest number that reads back as `value`; `nil` for infinities and NaN, which JSON lacks.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = JSONNumber.shortest(value)
    }

    /// The number as a 64-bit integer; `nil` when it has a fraction or an exponent, or does not fit.
    package var int64: Int64? { Int64(text) }

    /// The number as an `Int`; `nil` when it has a fraction or an exponent, or does not fit.
    package var int: Int? { Int(text) }

    /// The nearest double; `nil` when the number is larger than any finite one.
    package var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The shortest decimal form of a finite double that reads back as the same one.
    static func shortest(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
