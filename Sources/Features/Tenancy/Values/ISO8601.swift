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

    /// Reads a time with an offset or `Z`, with or without a fraction, in milliseconds since 1970.
    ///
    /// - Returns: `nil` for anything else, days that no month has included.
    package static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == dash, bytes[7] == dash, bytes[10] | 0x20 == UInt8(ascii: "t"),
            bytes[13] == colon, bytes[16] == colon,
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), (1...12).contains(month),
            let date = number(bytes[8..<10]), date >= 1, date <= daysInMonth(year, month),
            let hour = number(bytes[11..<13]), hour < 24, let minute = number(bytes[14..<16]), minute < 60,
            let second = number(bytes[17..<19]), second < 60
        else { return nil }
        var place = 19
        var fraction: Int64 = 0
        if bytes[place] == UInt8(ascii: ".") {
            let digits = bytes[(place + 1)...].prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count), let read = number(digits.prefix(3)) else { return nil }
            fraction = digits.count == 1 ? read * 100 : digits.count == 2 ? read * 10 : read
            place += 1 + digits.count
        }
        guard let offset = offset(bytes[place...]) else { return nil }
        let seconds = dayNumber(year, month, date) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return seconds * 1000 + fraction
    }

    private static let dash = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")

    /// Seconds east of UTC.
    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard let sign = bytes.first else { return nil }
        if sign | 0x20 == UInt8(ascii: "z") { return bytes.count == 1 ? 0 : nil }
        guard sign == dash || sign == UInt8(ascii: "+"), bytes.count == 6,
            bytes[bytes.startIndex + 3] == colon,
            let hours = number(bytes.dropFirst().prefix(2)), hours < 24,
            let minutes = number(bytes.dropFirst(4)), minutes < 60
        else { return nil }
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
