/// Dates as HTTP writes them: IMF-fixdate, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
///
/// The two obsolete forms are not read: nobody sends them any more, and one has years of two digits. A date
/// that is not read makes its condition ignored, which costs a transfer and nothing else.
package enum HTTPDate {
    /// Years that four digits hold.
    private static let secondsAllowed: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The text for a time in seconds since 1970; times outside the years 1 to 9999 are moved to the nearest
    /// one.
    package static func format(_ seconds: Int64) -> String {
        let clamped = min(max(seconds, secondsAllowed.lowerBound), secondsAllowed.upperBound)
        let (days, secondOfDay) = floorDivide(clamped, by: 86_400)
        let (year, month, day) = civil(fromDays: days)
        let weekday = weekdays[Int(floorDivide(days + 4, by: 7).remainder)]
        let time =
            "\(two(secondOfDay / 3600)):\(two(secondOfDay / 60 % 60)):\(two(secondOfDay % 60))"
        return
            "\(weekday), \(two(day)) \(months[Int(month) - 1]) \(two(year / 100))\(two(year % 100)) \(time) GMT"
    }

    /// The time in seconds since 1970, or `nil` where the text is no date of this form, or not a real one.
    ///
    /// A leap second (`:60`) counts as the first second of the next minute.
    package static func parse(_ text: String) -> Int64? {
        let bytes = text.utf8.span
        guard bytes.count == 29, let day = number(bytes, 5, 2), let year = number(bytes, 12, 4),
            let hour = number(bytes, 17, 2), let minute = number(bytes, 20, 2),
            let second = number(bytes, 23, 2),
            let month = months.firstIndex(where: { matches(bytes, at: 8, $0) }),
            year >= 1, day >= 1, day <= daysIn(month: month + 1, year: year), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let days = days(fromCivil: year, Int64(month) + 1, day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        // Punctuation and the day of the week: the same text again, but for the leap second.
        let again = format(second == 60 ? seconds - 1 : seconds).utf8.span
        for index in bytes.indices where bytes[index] != again[index] {
            guard second == 60, index == 23 || index == 24 else { return nil }
        }
        return seconds
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func number(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for index in start..<(start + count) {
            guard ASCII.isDigit(bytes[index]) else { return nil }
            value = value * 10 + Int64(bytes[index] - ASCII.zero)
        }
        return value
    }

    private static func matches(_ bytes: Span<UInt8>, at start: Int, _ text: String) -> Bool {
        var index = start
        for byte in text.utf8 {
            if bytes[index] != byte { return false }
            index += 1
        }
        return true
    }

    private static func daysIn(month: Int, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(
        _ number: Int64, by divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar.
    ///
    /// Counts years from March, so that the leap day is the last of its year: months then begin after
    /// (153 · m + 2) / 5 days, and 400 years have 146,097 days. 719,468 of them lie before 1970-01-01.
    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(marchYear, by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The other way round.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
