/// Times as the REST surface writes them: `2026-11-22T10:00:00Z` (RFC 3339, always UTC, whole seconds).
package enum ISO8601 {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// Writes a time given in milliseconds since 1970; fractions of a second are dropped.
    package static func text(milliseconds: Int64) -> String {
        var day = milliseconds / millisecondsPerDay
        var rest = milliseconds % millisecondsPerDay
        if rest < 0 {
            rest += millisecondsPerDay
            day -= 1
        }
        let (year, month, date) = civil(day)
        let seconds = rest / 1000
        let time = "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return "\(four(year))-\(two(month))-\(two(date))T\(time)Z"
    }

    /// Reads a time, in milliseconds since 1970, in the forms of ISO 8601 that clients of such servers send.
    ///
    /// `2026-11-22T10:00:00Z` with `Z` or an offset (`+01:00`, `+0100`, `+01`), with or without seconds and a fraction, with a
    /// blank instead of the `T`; `20261122T100000Z`; a date alone, which is its midnight. Without an offset it is UTC.
    ///
    /// - Returns: `nil` for anything else, days that no month has included.
    package static func milliseconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        guard rest.count >= 8, rest.count <= 40, let year = take(4, &rest) else { return nil }
        let isExtended = skip(dash, &rest)
        guard let month = take(2, &rest), (1...12).contains(month), skip(dash, &rest) == isExtended,
            let date = take(2, &rest), date >= 1, date <= daysInMonth(year, month)
        else { return nil }
        let day = dayNumber(year, month, date) * 86_400
        guard let separator = rest.popFirst() else { return day * 1000 }
        guard separator == UInt8(ascii: " ") || separator | 0x20 == UInt8(ascii: "t"),
            let time = time(&rest, separatedByColons: isExtended), let offset = offset(rest)
        else { return nil }
        return (day - offset) * 1000 + time
    }

    /// Milliseconds of the day: `10:00`, `10:00:00.123`, or the same without colons.
    private static func time(_ rest: inout ArraySlice<UInt8>, separatedByColons: Bool) -> Int64? {
        guard let hour = take(2, &rest), hour < 24, skip(colon, &rest) == separatedByColons,
            let minute = take(2, &rest), minute < 60
        else { return nil }
        var milliseconds = (hour * 3600 + minute * 60) * 1000
        let hasSeconds = separatedByColons ? rest.first == colon : rest.first.map(isDigit) ?? false
        guard hasSeconds else { return milliseconds }
        _ = skip(colon, &rest)
        guard let second = take(2, &rest), second < 60 else { return nil }
        milliseconds += second * 1000
        guard skip(UInt8(ascii: "."), &rest) else { return milliseconds }
        let digits = rest.prefix(while: isDigit)
        guard (1...9).contains(digits.count), let read = number(digits.prefix(3)) else { return nil }
        rest = rest.dropFirst(digits.count)
        return milliseconds + (digits.count == 1 ? read * 100 : digits.count == 2 ? read * 10 : read)
    }

    /// Takes so many digits.
    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Int64? {
        guard rest.count >= count, let value = number(rest.prefix(count)) else { return nil }
        rest = rest.dropFirst(count)
        return value
    }

    /// Whether the next byte is this one, which is taken.
    private static func skip(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static let dash = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")

    /// Seconds east of UTC: `Z`, `+01:00`, `+0100`, `+01`, or nothing.
    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var rest = bytes
        guard let sign = rest.popFirst() else { return 0 }
        if sign | 0x20 == UInt8(ascii: "z") { return rest.isEmpty ? 0 : nil }
        guard sign == dash || sign == UInt8(ascii: "+"), let hours = take(2, &rest), hours < 24 else {
            return nil
        }
        var minutes: Int64 = 0
        if !rest.isEmpty {
            _ = skip(colon, &rest)
            guard let read = take(2, &rest), read < 60, rest.isEmpty else { return nil }
            minutes = read
        }
        return (hours * 3600 + minutes * 60) * (sign == dash ? -1 : 1)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date of the Gregorian calendar; years begin in March, so that the leap day is the last.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ date: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = month > 2 ? month - 3 : month + 9
        let days =
            marchYear * 365 + floorDivide(marchYear, 4) - floorDivide(marchYear, 100)
            + floorDivide(marchYear, 400) + (153 * marchMonth + 2) / 5 + date - 1
        return days - daysBefore1970
    }

    /// Days from 1 March of year 0 to 1 January 1970.
    private static let daysBefore1970: Int64 = 719_468

    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, date: Int64) {
        // The year is found by an estimate that is at most one off.
        var year = floorDivide((day + daysBefore1970) * 400, 146_097)
        while dayNumber(year + 1, 3, 1) <= day { year += 1 }
        while dayNumber(year, 3, 1) > day { year -= 1 }
        let dayOfYear = day - dayNumber(year, 3, 1)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let date = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        return marchMonth < 10 ? (year, marchMonth + 3, date) : (year + 1, marchMonth - 9, date)
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        value >= 0 ? value / by : -((by - 1 - value) / by)
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func four(_ value: Int64) -> String {
        let text = "\(value)"
        return String(repeating: "0", count: max(0, 4 - text.count)) + text
    }
}
